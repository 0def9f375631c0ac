import type { ShowSummary } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { useTranslation } from 'react-i18next';
import { Button } from '../../shared/ui/button.js';
import { Loading } from '../../shared/ui/loading.js';
import { Message } from '../../shared/ui/message.js';
import { isFiltered, type ShowFilters } from './filters.js';
import { ShowCard } from './show-card.js';
import { useShows } from './use-shows.js';

const GRID = 'grid gap-6 sm:grid-cols-2 lg:grid-cols-3';

const Cards = ({ shows, count }: { shows: readonly ShowSummary[]; count: string }) => (
  <>
    <p role="status" className="mb-4 text-muted text-sm">
      {count}
    </p>
    <ul className={GRID}>
      {shows.map((show) => (
        <li key={show.id}>
          <ShowCard show={show} />
        </li>
      ))}
    </ul>
  </>
);

/** The shows, or what stands in their way: still loading, out of reach, none at all, none that match. */
export const ShowList = ({ filters, onClear }: { filters: ShowFilters; onClear: () => void }) => {
  const { t } = useTranslation();
  const {
    data: shows,
    isPlaceholderData,
    errorUpdateCount,
    refetch,
    hasNextPage,
    fetchNextPage,
    isFetchingNextPage,
  } = useShows(filters);
  // While the new filters cannot be answered, the list of the old ones would be a wrong answer.
  if (shows === undefined || (isPlaceholderData && errorUpdateCount > 0)) {
    if (errorUpdateCount === 0)
      return (
        <div className={GRID}>
          <Loading label={t('home.loading')} className="h-96" count={6} />
        </div>
      );
    return (
      <Message title={t('failure.title')} hint={t('failure.hint')}>
        <Button onClick={() => void refetch()}>{t('failure.retry')}</Button>
      </Message>
    );
  }
  if (shows.length === 0) {
    return isFiltered(filters) ? (
      <Message title={t('home.noMatch')}>
        <Button onClick={onClear}>{t('home.clear')}</Button>
      </Message>
    ) : (
      <Message title={t('home.none')} hint={t('home.noneHint')} />
    );
  }
  return (
    <>
      <Cards shows={shows} count={t('home.count', { count: shows.length })} />
      {hasNextPage && (
        <div className="mt-8 text-center">
          <Button onClick={() => void fetchNextPage()} disabled={isFetchingNextPage}>
            {t('home.more')}
          </Button>
        </div>
      )}
    </>
  );
};
