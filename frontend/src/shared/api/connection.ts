import { type Query, type QueryCache, useQueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { isMissing } from './api-failure.js';
import { isFailing } from './polling.js';

export type ConnectionState = 'connecting' | 'live' | 'interrupted';

type Seen = Pick<Query, 'state'>;

/** What the queries on screen tell about the way to the API. */
export const connectionOf = (queries: readonly Seen[]): ConnectionState => {
  if (queries.some((query) => isFailing(query) && !isMissing(query.state.error))) return 'interrupted';
  return queries.some((query) => query.state.data !== undefined || isMissing(query.state.error)) ? 'live' : 'connecting';
};

const onScreen = (cache: QueryCache): Query[] => cache.findAll({ type: 'active' }).filter(({ meta }) => meta?.polled === true);

const useCache = <T extends string | number>(read: (queries: Query[]) => T): T => {
  const cache = useQueryClient().getQueryCache();
  return useSyncExternalStore(
    (changed) => cache.subscribe(changed),
    () => read(onScreen(cache)),
  );
};

export const useConnection = (): ConnectionState => useCache(connectionOf);

/** Milliseconds since the epoch of the oldest data on screen; 0 while there is none. */
export const useShownSince = (): number =>
  useCache((queries) => {
    const times = queries.map(({ state }) => state.dataUpdatedAt).filter((time) => time > 0);
    return times.length === 0 ? 0 : Math.min(...times);
  });
