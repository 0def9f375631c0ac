import { type EventStore, type Position, StoreUnavailableError, type SubscribeOptions, type SubscriptionItem } from './port.js';

const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 2000;

type Options = SubscribeOptions & {
  /** Told of every interruption; the subscription goes on by itself. */
  readonly onInterrupted?: (error: StoreUnavailableError) => void;
};

const isBehind = (place: Position, other: Position): boolean =>
  place.commit < other.commit || (place.commit === other.commit && place.prepare < other.prepare);

/** The later of the two: a checkpoint may repeat a place already passed, and going back would bring events twice. */
const further = (from: Position | 'start', reached: Position): Position =>
  from !== 'start' && isBehind(reached, from) ? from : reached;

/**
 * A subscription to all streams that outlives its connections: it resumes behind the furthest item it yielded, so nothing is
 * missed and nothing comes twice. Ends when the signal fires; throws only what no retry mends.
 */
export const resumingSubscription = async function* (
  store: Pick<EventStore, 'subscribeToAll'>,
  { onInterrupted, ...options }: Options,
): AsyncGenerator<SubscriptionItem> {
  let from: Position | 'start' = options.from;
  let delay = FIRST_DELAY_MS;
  while (!options.signal.aborted) {
    try {
      for await (const item of store.subscribeToAll({ ...options, from })) {
        delay = FIRST_DELAY_MS;
        if (item.kind === 'event') from = further(from, item.event.position);
        if (item.kind === 'checkpoint') from = further(from, item.position);
        yield item;
      }
      return;
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      onInterrupted?.(error);
    }
    await waited(delay, options.signal);
    delay = Math.min(delay * 2, LONGEST_DELAY_MS);
  }
};

const waited = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener('abort', finish);
    if (signal.aborted) finish();
  });
