import type { ShowSummary } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatPriceRange } from '../../shared/format/amounts.js';
import { formatDays, formatMoment } from '../../shared/format/dates.js';
import { useLanguage } from '../../shared/i18n/use-language.js';
import { PerformanceSeats } from './performance-seats.js';
import { Poster } from './poster.js';
import { StatusBadge } from './status-badge.js';

const SHOWN = 3;

export const ShowCard = ({ show }: { show: ShowSummary }) => {
  const { t } = useTranslation();
  const language = useLanguage();
  const rest = show.performances.length - SHOWN;
  return (
    <article
      aria-labelledby={`show-${show.id}`}
      className="group relative flex h-full flex-col rounded-2xl border border-line bg-card shadow-card has-[a:focus-visible]:outline-3 has-[a:focus-visible]:outline-brand has-[a:focus-visible]:outline-offset-3"
    >
      <Poster show={show} className="min-h-48 justify-between gap-8 rounded-t-2xl p-4 sm:p-5">
        <div className="flex items-center justify-between gap-2">
          <span className="font-semibold text-sm">{t(`category.${show.category}`)}</span>
          <StatusBadge status={show.status} />
        </div>
        <div>
          <h2 id={`show-${show.id}`} className="text-balance font-extrabold text-2xl leading-tight tracking-tight">
            <Link
              to={`/events/${show.id}`}
              className="outline-none after:absolute after:inset-0 after:rounded-2xl group-hover:underline"
            >
              {show.title[language]}
            </Link>
          </h2>
          <p className="mt-1 font-medium text-white/90">{show.artistName[language]}</p>
        </div>
      </Poster>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5 px-4 pt-4 sm:px-5 pb-5 text-sm">
        <dt className="text-muted">{t('show.venue')}</dt>
        <dd>{show.venue[language]}</dd>
        <dt className="text-muted">{t('show.dates')}</dt>
        <dd>
          {formatDays(
            show.performances.map(({ startsAt }) => startsAt),
            language,
          ) ?? t('show.noDate')}
        </dd>
        <dt className="text-muted">{t('show.price')}</dt>
        <dd className="font-semibold tabular-nums">
          {formatPriceRange(show.minPrice, show.maxPrice, language) ?? t('show.noPrice')}
        </dd>
      </dl>
      <div className="tear grid flex-1 content-start gap-3.5 px-4 sm:px-5 pt-4 pb-5">
        {show.status === 'upcoming' && (
          <p className="font-semibold text-sm text-soon">{t('show.opens', { at: formatMoment(show.saleStartDate, language) })}</p>
        )}
        {show.performances.slice(0, SHOWN).map((performance) => (
          <PerformanceSeats key={performance.id} performance={performance} />
        ))}
        {rest > 0 && <p className="text-muted text-sm">{t('show.more', { count: rest })}</p>}
        {show.performances.length === 0 && <p className="text-muted text-sm">{t('show.noDate')}</p>}
      </div>
    </article>
  );
};
