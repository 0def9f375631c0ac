import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { FilterBar } from '../../features/shows/filter-bar.js';
import { ALL, readFilters, type ShowFilters, writeFilters } from '../../features/shows/filters.js';
import { ShowList } from '../../features/shows/show-list.js';
import { PageTitle } from '../../shared/ui/page-title.js';

/** All shows; the filters live in the address, so that a view can be kept and passed on. */
export const HomePage = () => {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const filters = readFilters(params);
  const choose = (next: ShowFilters): void => setParams(writeFilters(next), { replace: true, preventScrollReset: true });
  return (
    <>
      <PageTitle>{t('home.title')}</PageTitle>
      <h1 className="font-extrabold text-3xl tracking-tight sm:text-4xl">{t('home.title')}</h1>
      <p className="mt-2 text-muted">{t('home.lead')}</p>
      <div className="mt-6 mb-8">
        <FilterBar filters={filters} onChange={choose} />
      </div>
      <ShowList filters={filters} onClear={() => choose({ category: ALL, status: ALL })} />
    </>
  );
};
