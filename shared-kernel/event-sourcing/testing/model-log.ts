import { type AppendAttempt, type AppendOutcome, type StoredEvent, StoreRefusedError } from '../event-store/port.js';

const MAX_APPEND_BYTES = 1024 * 1024;

/** The rules of a store without its weather: one log in memory, appended to as the server's own check of commits demands. */
export type ModelLog = {
  readonly events: readonly StoredEvent[];
  readonly stream: (name: string) => readonly StoredEvent[];
  readonly append: (attempt: AppendAttempt) => AppendOutcome;
  /** Calls after each append; the result stops it. */
  readonly onAppend: (call: () => void) => () => void;
};

const sizeOf = ({ events }: AppendAttempt): number =>
  events.reduce(
    (sum, { type, data, metadata }) =>
      sum + Buffer.byteLength(JSON.stringify(data)) + Buffer.byteLength(JSON.stringify(metadata)) + 2 * type.length,
    0,
  );

/** What the store keeps is text: later changes to the objects given must not show. */
const copied = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** `forgetful`: an attempt sent again is called a conflict, as by a store that compares revisions alone. */
export const createModelLog = (now: () => number, forgetful = false): ModelLog => {
  const events: StoredEvent[] = [];
  const streams = new Map<string, StoredEvent[]>();
  const listeners = new Set<() => void>();

  const stream = (name: string) => streams.get(name) ?? [];

  const write = (attempt: AppendAttempt): AppendOutcome => {
    const list = stream(attempt.stream);
    streams.set(attempt.stream, list as StoredEvent[]);
    for (const { id, type, data, metadata } of attempt.events) {
      const place = BigInt(events.length + 1) * 100n;
      const event: StoredEvent = {
        id,
        stream: attempt.stream,
        revision: BigInt(list.length),
        position: { commit: place, prepare: place },
        type,
        data: copied(data),
        metadata: copied(metadata),
        recordedAt: new Date(now()),
      };
      events.push(event);
      (list as StoredEvent[]).push(event);
    }
    for (const listener of [...listeners]) listener();
    return outcomeOf(list.at(-1));
  };

  const append = (attempt: AppendAttempt): AppendOutcome => {
    if (sizeOf(attempt) > MAX_APPEND_BYTES) throw new StoreRefusedError('the append is too large');
    const list = stream(attempt.stream);
    const current = BigInt(list.length) - 1n;
    const expected = attempt.expected === 'no_stream' ? -1n : attempt.expected;
    if (expected > current || (forgetful && expected < current)) return { kind: 'conflict' };
    if (expected === current) return write(attempt);
    const there = list.slice(Number(expected) + 1, Number(expected) + 1 + attempt.events.length);
    const same = attempt.events.length > 0 && attempt.events.every(({ id }, index) => there[index]?.id === id);
    return same ? outcomeOf(there.at(-1)) : { kind: 'conflict' };
  };

  return {
    events,
    stream,
    append,
    onAppend: (call) => {
      listeners.add(call);
      return () => listeners.delete(call);
    },
  };
};

const outcomeOf = (last: StoredEvent | undefined): AppendOutcome => {
  if (last === undefined) throw new StoreRefusedError('an append without events');
  return { kind: 'appended', revision: last.revision, position: last.position };
};
