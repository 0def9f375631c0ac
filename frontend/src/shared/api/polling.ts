import { isMissing } from './api-failure.js';

const LIVE_MS = 2_000;
const AFTER_FAILURE_MS = 4_000;

type Watched = { readonly state: { readonly error: unknown; readonly data: unknown; readonly errorUpdateCount: number } };

/** Has failed and nothing newer has come since; a first load that is being tried again counts as failed. */
export const isFailing = ({ state }: Watched): boolean =>
  state.error !== null || (state.data === undefined && state.errorUpdateCount > 0);

/** Milliseconds to the next poll, for `refetchInterval`: slower while the API is down, never for what does not exist. */
export const pollInterval = (query: Watched): number | false => {
  if (isMissing(query.state.error)) return false;
  return isFailing(query) ? AFTER_FAILURE_MS : LIVE_MS;
};
