import type { EventStore, Position, SubscriptionFilter, SubscriptionItem } from '../event-store/port.js';
import type { ConsumerLogger } from './logger.js';
import { beginning, comparePositions, isAfter, subscribeFrom } from './position.js';
import type { Run } from './run.js';
import { backoffMs, createSignal, errorText } from './signal.js';
import type { Observe } from './status.js';

export type FeedOptions = {
  readonly store: EventStore;
  /** The server sends no event of another stream. */
  readonly filter: SubscriptionFilter;
  readonly logger: ConsumerLogger;
  readonly observe: Observe;
  /** Silence longer than this means a dead link: subscribe anew. Undefined: silence is believed. */
  readonly stallMs: number | undefined;
  /** After each item has been handed out. */
  readonly onItem?: () => void;
};

/** One supervised subscription to the whole log, handed out to the runs that joined it. */
export type Feed = {
  /** A run behind the feed would miss events: only where `position()` is not past it, or the feed is empty. */
  readonly join: (...runs: readonly Run[]) => void;
  readonly leave: (run: Run) => void;
  readonly isEmpty: () => boolean;
  readonly position: () => Position;
  /** When the last item came, by `performance.now()`. */
  readonly lastItemAt: () => number;
  readonly stop: () => Promise<void>;
};

export const startFeed = (o: FeedOptions): Feed => {
  const members = new Set<Run>();
  const signal = createSignal();
  let position = beginning;
  let lastItemAt = performance.now();
  let waitingForRoom = false;
  let live = false;
  let stopping = false;
  let current: AbortController | undefined;

  const makeRoom = async () => {
    for (const member of members) {
      const room = member.room();
      if (room === undefined) continue;
      waitingForRoom = true;
      await room;
      waitingForRoom = false;
      lastItemAt = performance.now();
    }
  };

  const handOut = (item: SubscriptionItem) => {
    lastItemAt = performance.now();
    if (item.kind === 'caughtUp') {
      live = true;
      for (const member of members) member.caughtUp();
    } else if (item.kind === 'event') {
      position = item.event.position;
      for (const member of members) member.take(item.event);
    } else {
      if (isAfter(item.position, position)) position = item.position;
      for (const member of members) member.reach(item.position);
    }
    o.onItem?.();
  };

  const follow = async (from: Position, aborted: AbortSignal) => {
    const items = o.store.subscribeToAll({ from: subscribeFrom(from), filter: o.filter, signal: aborted });
    for await (const item of items) {
      // a subscription given up for dead may still wake: nothing of it may be handed out after its successor
      if (aborted.aborted) return;
      handOut(item);
      await makeRoom();
      if (aborted.aborted) return;
    }
  };

  /** Rejects on silence, resolves when the subscription is given up for another reason. */
  const watch = (aborted: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const stallMs = o.stallMs;
      const timer =
        stallMs === undefined
          ? undefined
          : setInterval(() => {
              const silence = performance.now() - lastItemAt;
              if (silence > stallMs && !waitingForRoom) reject(new Error(`no item for ${Math.round(silence)} ms`));
            }, stallMs / 4);
      aborted.addEventListener('abort', () => {
        clearInterval(timer);
        resolve();
      });
    });

  const supervise = async () => {
    let failures = 0;
    while (!stopping) {
      if (members.size === 0) {
        await signal.wait();
        continue;
      }
      const abort = new AbortController();
      current = abort;
      const from = [...members].map((m) => m.received()).reduce((a, b) => (comparePositions(a, b) <= 0 ? a : b));
      position = from;
      lastItemAt = performance.now();
      waitingForRoom = false;
      live = false;
      let reason = 'the subscription ended';
      try {
        await Promise.race([follow(from, abort.signal), watch(abort.signal)]);
      } catch (error) {
        reason = errorText(error);
      }
      const wanted = abort.signal.aborted;
      abort.abort();
      if (stopping || wanted) continue;
      failures = isAfter(position, from) ? 1 : failures + 1;
      o.logger.warn({ reason, failures }, 'subscription lost; resuming');
      o.observe({ kind: 'resubscribed', reason });
      await signal.wait(backoffMs(failures, 100, 5_000));
    }
  };
  const done = supervise();

  return {
    join: (...runs) => {
      const wasEmpty = members.size === 0;
      for (const run of runs) {
        members.add(run);
        if (live && !wasEmpty) run.caughtUp();
      }
      if (wasEmpty && runs.length > 0) {
        current?.abort();
        signal.raise();
      }
    },
    leave: (run) => {
      members.delete(run);
      if (members.size === 0) current?.abort();
    },
    isEmpty: () => members.size === 0,
    position: () => position,
    lastItemAt: () => lastItemAt,
    stop: () => {
      stopping = true;
      members.clear();
      current?.abort();
      signal.raise();
      return done;
    },
  };
};
