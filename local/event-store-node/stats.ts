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
  /** Bytes of events on their way to subscribers, not yet taken by their connections. */
  readonly bufferedBytes: number;
  readonly readOnly: string | null;
  /** Why appends are refused for want of room, while they are. */
  readonly diskFull: string | null;
  /** The position the index is kept up to beside the log. */
  readonly checkpoint: number;
  readonly scrub: { readonly verifiedBytes: number; readonly ofBytes: number };
  readonly memoryBytes: number;
}

export const statsOf = (store: EventStore, subscriptions: { size: number; bufferedBytes: number }): NodeStats => ({
  streams: store.index.streamCount,
  events: store.index.events,
  appends: store.writer.appends,
  groups: store.log.groupsWritten,
  logBytes: store.log.end,
  segments: store.log.segmentCount,
  subscriptions: subscriptions.size,
  bufferedBytes: subscriptions.bufferedBytes,
  readOnly: store.log.failure?.message ?? null,
  diskFull: store.log.full?.message ?? null,
  checkpoint: store.checkpoints.position,
  scrub: { verifiedBytes: store.scrub.verified, ofBytes: store.scrub.until },
  memoryBytes: process.memoryUsage.rss(),
});
