import type {
  AppendAttempt,
  AppendOutcome,
  EventStore,
  Position,
  StoredEvent,
  SubscriptionItem,
} from '../../event-store/port.js';
import { StoreUnavailableError } from '../../event-store/port.js';
import { isAfter } from '../position.js';
import { createTape } from './tape.js';

export type MemoryLog = EventStore & {
  /** Stores one event as it is, readable or not. */
  readonly put: (stream: string, type: string, data: unknown, metadata?: unknown) => StoredEvent;
  readonly events: () => readonly StoredEvent[];
  /** Ends every open subscription with an error. */
  readonly breakSubscriptions: () => void;
  /** Open subscriptions fall silent for ever; later ones work. */
  readonly freezeSubscriptions: () => void;
  readonly subscriptionsOpened: () => number;
};

type Subscription = { broken: boolean; frozen: boolean };

/** A log of all streams in memory, with the faults of a subscription at hand. */
export const createMemoryLog = (): MemoryLog => {
  const tape = createTape();
  const log: StoredEvent[] = [];
  const open = new Set<Subscription>();
  const revisions = new Map<string, bigint>();
  let opened = 0;
  let wakers: (() => void)[] = [];

  const wakeAll = () => {
    const all = wakers;
    wakers = [];
    for (const wake of all) wake();
  };
  const change = () => new Promise<void>((resolve) => wakers.push(resolve));

  const put: MemoryLog['put'] = (stream, type, data, ...metadata) => {
    const event = tape.record(stream, type, data, metadata.length === 0 ? {} : { metadata: metadata[0] });
    revisions.set(stream, event.revision);
    log.push(event);
    wakeAll();
    return event;
  };

  const append = async (attempt: AppendAttempt): Promise<AppendOutcome> => {
    const current = revisions.get(attempt.stream) ?? 'no_stream';
    if (current !== attempt.expected) return { kind: 'conflict' };
    let position: Position = { commit: 0n, prepare: 0n };
    let revision = 0n;
    for (const event of attempt.events) ({ position, revision } = put(attempt.stream, event.type, event.data, event.metadata));
    return { kind: 'appended', revision, position };
  };

  async function* follow(from: Position | 'start', wanted: (e: StoredEvent) => boolean, signal: AbortSignal) {
    const subscription: Subscription = { broken: false, frozen: false };
    open.add(subscription);
    opened += 1;
    signal.addEventListener('abort', wakeAll);
    let next = from === 'start' ? 0 : log.findIndex((e) => isAfter(e.position, from));
    if (next < 0) next = log.length;
    let told = false;
    try {
      while (!signal.aborted) {
        if (subscription.broken) throw new StoreUnavailableError('subscription dropped');
        const event = subscription.frozen ? undefined : log[next];
        if (event !== undefined) {
          next += 1;
          if (wanted(event)) yield { kind: 'event', event } satisfies SubscriptionItem;
        } else if (!told && !subscription.frozen) {
          told = true;
          yield { kind: 'caughtUp' } satisfies SubscriptionItem;
        } else {
          await change();
        }
      }
    } finally {
      open.delete(subscription);
    }
  }

  async function* backwardsOrForwards(events: readonly StoredEvent[], direction: string | undefined, maxCount: number) {
    yield* (direction === 'backwards' ? [...events].reverse() : events).slice(0, maxCount);
  }

  return {
    put,
    append,
    events: () => log,
    breakSubscriptions: () => {
      for (const subscription of open) subscription.broken = true;
      wakeAll();
    },
    freezeSubscriptions: () => {
      for (const subscription of open) subscription.frozen = true;
    },
    subscriptionsOpened: () => opened,
    readStream: (stream, o) =>
      backwardsOrForwards(
        log.filter((e) => e.stream === stream),
        o?.direction,
        o?.maxCount ?? log.length,
      ),
    readAll: (o) => backwardsOrForwards(log, o?.direction, o?.maxCount ?? log.length),
    subscribeToAll: ({ from, filter, signal }) => {
      const named = filter?.by === 'streamRegex' ? new RegExp(filter.regex) : /^[^$]/;
      return follow(from, (e) => named.test(e.stream), signal);
    },
    subscribeToStream: (stream, o) => follow('start', (e) => e.stream === stream, o.signal),
    close: async () => undefined,
  };
};
