import type { ShowDetail } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { useTranslation } from 'react-i18next';
import { formatPriceRange } from '../../shared/format/amounts.js';
import { formatDays, formatMoment } from '../../shared/format/dates.js';
import { useLanguage } from '../../shared/i18n/use-language.js';

/** What to know of a show before choosing a performance. */
export const ShowFacts = ({ show }: { show: ShowDetail }) => {
  const { t } = useTranslation();
  const language = useLanguage();
  const facts: [string, string, string?][] = [
    [t('show.venue'), show.venue[language], show.address[language]],
    [
      t('show.dates'),
      formatDays(
        show.performances.map(({ startsAt }) => startsAt),
        language,
      ) ?? t('show.noDate'),
    ],
    [t('show.price'), formatPriceRange(show.minPrice, show.maxPrice, language) ?? t('show.noPrice')],
    [
      t('show.sale'),
      t('show.saleFrom', { at: formatMoment(show.saleStartDate, language) }),
      t('show.saleUntil', { at: formatMoment(show.saleEndDate, language) }),
    ],
    [
      t('show.limits'),
      t('show.perOrder', { count: show.maxSeatsPerReservation }),
      t('show.perBuyer', { count: show.maxSeatsPerBuyer }),
    ],
  ];
  return (
    <dl className="grid grid-cols-2 gap-x-5 gap-y-5 lg:grid-cols-3">
      {facts.map(([name, value, more]) => (
        <div key={name}>
          <dt className="text-muted text-sm">{name}</dt>
          <dd className="mt-0.5 font-medium">
            {value}
            {more !== undefined && <span className="block font-normal text-muted text-sm">{more}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
};
