import type { EventStore } from './store/event-store.js';

/** What `GET /stats` answers. */
export interface NodeStats {
  readonly streams: number;
  readonly events: number;
  readonly appends: number;
  readonly groups: number;
  readonly logBytes: number;
  readonly segments: number;
  readonly subscriptions: number;
  readonly readOnly: string | null;
  readonly memoryBytes: number;
}

export const statsOf = (store: EventStore, subscriptions: number): NodeStats => ({
  streams: store.index.streamCount,
  events: store.index.events,
  appends: store.writer.appends,
  groups: store.log.groupsWritten,
  logBytes: store.log.end,
  segments: store.log.segmentCount,
  subscriptions,
  readOnly: store.log.failure?.message ?? null,
  memoryBytes: process.memoryUsage.rss(),
});
