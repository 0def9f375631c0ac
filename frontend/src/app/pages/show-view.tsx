import type { ShowDetail } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { PerformancePicker } from '../../features/shows/performance-picker.js';
import { pickPerformance } from '../../features/shows/pick-performance.js';
import { ShowFacts } from '../../features/shows/show-facts.js';
import { ShowHeading } from '../../features/shows/show-heading.js';
import { useLanguage } from '../../shared/i18n/use-language.js';
import { PageTitle } from '../../shared/ui/page-title.js';
import { PerformanceView } from './performance-view.js';

const PARAM = 'performance';

export const ShowView = ({ show }: { show: ShowDetail }) => {
  const { t } = useTranslation();
  const language = useLanguage();
  const [params, setParams] = useSearchParams();
  const chosen = pickPerformance(show.performances, params.get(PARAM));
  return (
    <>
      <PageTitle>{show.title[language]}</PageTitle>
      <ShowHeading show={show} />
      <div className="mt-8">
        <ShowFacts show={show} />
      </div>
      <div className="mt-10 grid items-start gap-x-8 gap-y-10 lg:grid-cols-[minmax(0,22rem)_minmax(0,1fr)]">
        <section aria-labelledby="performances">
          <h2 id="performances" className="mb-1 font-bold text-xl">
            {t('show.performances')}
          </h2>
          <PerformancePicker
            performances={show.performances}
            value={chosen?.id ?? null}
            onChange={(id) => setParams({ [PARAM]: id }, { replace: true, preventScrollReset: true })}
          />
        </section>
        {chosen !== null && <PerformanceView key={chosen.id} show={show} performance={chosen} />}
      </div>
      <section aria-labelledby="about" className="mt-12 max-w-2xl">
        <h2 id="about" className="mb-3 font-bold text-xl">
          {t('show.about')}
        </h2>
        <p className="whitespace-pre-line leading-relaxed">{show.description[language]}</p>
      </section>
    </>
  );
};
