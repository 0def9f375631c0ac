import type { StoredEvent, SubscriptionFilter, SubscriptionItem } from '../event-store/port.js';
import type { ModelLog } from './model-log.js';

type Follow = {
  readonly list: () => readonly StoredEvent[];
  readonly isBehind: (event: StoredEvent) => boolean;
  readonly filter: SubscriptionFilter | undefined;
  readonly signal: AbortSignal;
};

const matcher = (filter: SubscriptionFilter | undefined): ((event: StoredEvent) => boolean) => {
  if (filter === undefined) return () => true;
  const subject = ({ stream, type }: StoredEvent) => (filter.by.startsWith('stream') ? stream : type);
  if ('regex' in filter) {
    const regex = new RegExp(filter.regex);
    return (event) => regex.test(subject(event));
  }
  return (event) => filter.prefixes.some((prefix) => subject(event).startsWith(prefix));
};

/** Catches up, says so, and goes on with what is appended; a checkpoint follows what the filter kept back. */
export const followLog = async function* (log: ModelLog, options: Follow): AsyncGenerator<SubscriptionItem> {
  const { list, isBehind, filter, signal } = options;
  const matches = matcher(filter);
  let next = 0;
  let told = false;
  while (!signal.aborted) {
    const events = list();
    const event = events[next];
    if (event === undefined) {
      if (!told) yield { kind: 'caughtUp' };
      told = true;
      await appended(log, () => list().length > next, signal);
      continue;
    }
    next += 1;
    if (isBehind(event)) continue;
    if (matches(event)) yield { kind: 'event', event };
    else if (next === events.length) yield { kind: 'checkpoint', position: event.position };
  }
};

const appended = (log: ModelLog, already: () => boolean, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (already() || signal.aborted) return resolve();
    const finish = () => {
      stop();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const stop = log.onAppend(finish);
    signal.addEventListener('abort', finish);
  });
