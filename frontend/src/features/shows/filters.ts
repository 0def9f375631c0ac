import { ShowCategory } from '@tiketi/shared-kernel/contracts/events/show.js';
import { ShowStatus } from '@tiketi/shared-kernel/contracts/http/shows.js';

export const ALL = 'all';
export type ShowFilters = { category: ShowCategory | typeof ALL; status: ShowStatus | typeof ALL };

/** The filters an address names; what it does not name, or names wrongly, is not filtered. */
export const readFilters = (params: URLSearchParams): ShowFilters => ({
  category: ShowCategory.safeParse(params.get('category')).data ?? ALL,
  status: ShowStatus.safeParse(params.get('status')).data ?? ALL,
});

export const isFiltered = ({ category, status }: ShowFilters): boolean => category !== ALL || status !== ALL;

/** The same filters as an address carries them, which is also how the API takes them. */
export const writeFilters = (filters: ShowFilters): URLSearchParams => {
  const params = new URLSearchParams();
  if (filters.category !== ALL) params.set('category', filters.category);
  if (filters.status !== ALL) params.set('status', filters.status);
  return params;
};

/** Path of one page of the list; `cursor` is where the page before ended, null for the first. */
export const listPath = (filters: ShowFilters, cursor: string | null): string => {
  const params = writeFilters(filters);
  if (cursor !== null) params.set('cursor', cursor);
  const query = params.toString();
  return query === '' ? '/api/events' : `/api/events?${query}`;
};
