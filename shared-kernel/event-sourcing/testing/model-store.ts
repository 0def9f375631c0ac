import { type Clock, pause, systemClock } from '../clock.js';
import {
  type AppendAttempt,
  type AppendOutcome,
  type EventStore,
  type StoredEvent,
  StoreUnavailableError,
} from '../event-store/port.js';
import { checkedPosition } from '../event-store/stored-event.js';
import { createModelLog, type ModelLog } from './model-log.js';
import { followLog } from './model-subscription.js';

/** What befalls one append: when it reaches the log (never where undefined), and what its sender hears, when. */
export type AppendWeather = {
  readonly landsAfterMs: number | undefined;
  /** `truth` is the outcome, as soon as it has landed; otherwise "unknown" is heard after so many ms. */
  readonly hears: 'truth' | { readonly unknownAfterMs: number };
};

/** What befalls one read: how long it takes, whether it shows the log as it was at its start or at its end, and after how many events it breaks off. */
export type ReadWeather = {
  readonly delayMs: number;
  readonly shows: 'start' | 'end';
  readonly breaksAfter: number | undefined;
};

export type Weather = {
  readonly append: (attempt: AppendAttempt) => AppendWeather;
  readonly read: (stream: string) => ReadWeather;
};

const FAIR: Weather = {
  append: () => ({ landsAfterMs: 0, hears: 'truth' }),
  read: () => ({ delayMs: 0, shows: 'end', breaksAfter: undefined }),
};

export type ModelStore = EventStore & { readonly log: ModelLog };

/** An event store in memory that keeps the rules of the real one and, as the weather says, loses and delays what it may. */
export const createModelStore = (
  clock: Clock = systemClock,
  weather: Weather = FAIR,
  rules: { readonly forgetful: boolean } = { forgetful: false },
): ModelStore => {
  const log = createModelLog(clock.now, rules.forgetful);

  const append = (attempt: AppendAttempt): Promise<AppendOutcome> => {
    const { landsAfterMs, hears } = weather.append(attempt);
    return new Promise((resolve, reject) => {
      if (hears !== 'truth') {
        clock.after(hears.unknownAfterMs, () => resolve({ kind: 'unknown', cause: 'bad weather' }));
      }
      if (landsAfterMs === undefined) return;
      clock.after(landsAfterMs, () => {
        try {
          const outcome = log.append(attempt);
          if (hears === 'truth') resolve(outcome);
        } catch (error) {
          reject(error);
        }
      });
    });
  };

  const read = async function* (stream: string, found: () => readonly StoredEvent[]): AsyncGenerator<StoredEvent> {
    const { delayMs, shows, breaksAfter } = weather.read(stream);
    const atStart = shows === 'start' ? found() : undefined;
    if (delayMs > 0) await pause(clock, delayMs);
    for (const [index, event] of (atStart ?? found()).entries()) {
      if (index === breaksAfter) throw new StoreUnavailableError('bad weather');
      yield event;
    }
    if (breaksAfter !== undefined) throw new StoreUnavailableError('bad weather');
  };

  const select = (events: readonly StoredEvent[], backwards: boolean, keep: (event: StoredEvent) => boolean, max = Infinity) => {
    const kept = events.filter(keep);
    return (backwards ? kept.reverse() : kept).slice(0, max);
  };

  return {
    log,
    append,
    readStream: (stream, { from = 'start', direction = 'forwards', maxCount } = {}) => {
      const backwards = direction === 'backwards';
      const beyond = (revision: bigint) =>
        from === 'end' ? backwards : from === 'start' ? !backwards || revision === 0n : false;
      const keep = ({ revision }: StoredEvent) =>
        typeof from === 'bigint' ? (backwards ? revision <= from : revision >= from) : beyond(revision);
      return read(stream, () => select(log.stream(stream), backwards, keep, maxCount));
    },
    readAll: ({ from = 'start', direction = 'forwards', maxCount } = {}) => {
      const backwards = direction === 'backwards';
      const place = typeof from === 'string' ? undefined : checkedPosition(from).commit;
      const keep = ({ position: { commit } }: StoredEvent) => {
        if (place === undefined) return (from === 'end') === backwards;
        return backwards ? commit < place : commit >= place;
      };
      return read('$all', () => select(log.events, backwards, keep, maxCount));
    },
    subscribeToAll: ({ from, filter, signal }) => {
      const after = from === 'start' ? -1n : checkedPosition(from).commit;
      return followLog(log, { list: () => log.events, isBehind: ({ position }) => position.commit <= after, filter, signal });
    },
    subscribeToStream: (stream, { from, signal }) =>
      followLog(log, {
        list: () => log.stream(stream),
        isBehind: ({ revision }) => from !== 'start' && revision <= from,
        filter: undefined,
        signal,
      }),
    close: async () => undefined,
  };
};
