import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { ShowDetail, ShowList, type ShowSummary } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { getJson } from '../../shared/api/get-json.js';
import { pollInterval } from '../../shared/api/polling.js';
import { listPath, type ShowFilters } from './filters.js';

/** A show may slip from one page to the next between two polls. */
const uniqueShows = ({ pages }: { pages: readonly ShowList[] }): ShowSummary[] => [
  ...new Map(pages.flatMap(({ items }) => items).map((show) => [show.id, show])).values(),
];

/** The shows that pass the filters, page by page, polled while the page is visible. */
export const useShows = (filters: ShowFilters) =>
  useInfiniteQuery({
    queryKey: ['shows', filters],
    queryFn: ({ pageParam, signal }) => getJson(listPath(filters, pageParam), ShowList, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    select: uniqueShows,
    placeholderData: keepPreviousData,
    refetchInterval: pollInterval,
    meta: { polled: true },
  });

/** One show, polled while the page is visible. */
export const useShow = (id: string) =>
  useQuery({
    queryKey: ['show', id],
    queryFn: ({ signal }) => getJson(`/api/events/${encodeURIComponent(id)}`, ShowDetail, signal),
    refetchInterval: pollInterval,
    meta: { polled: true },
  });
