import { randomUUID } from 'node:crypto';
import type { ProposedEvent } from '../log/record.js';
import { recordId, recordRevision, recordStream } from '../log/record.js';
import { AllCursor } from '../store/all-cursor.js';
import type { AppendOutcome } from '../store/append-outcome.js';
import { ANY } from '../store/check-commit.js';
import type { EventStore } from '../store/event-store.js';

/** An event for tests that go to the store without the network. */
export const proposed = (bytes = 10, id: string = randomUUID()): ProposedEvent => ({
  id,
  type: Buffer.from('Noted'),
  json: true,
  metadata: Buffer.alloc(0),
  data: Buffer.alloc(bytes, 0x61),
});

export const append = (
  store: EventStore,
  stream: string,
  events: readonly ProposedEvent[],
  expected: number = ANY,
): Promise<AppendOutcome> =>
  new Promise((resolve, reject) => {
    store.writer.append(stream, expected, events, (outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome)));
  });

export interface Stored {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly position: number;
}

/** Everything in the log but the system's own streams. */
export const everything = async (store: EventStore): Promise<Stored[]> => {
  const cursor = new AllCursor(store.log, 0);
  const stored: Stored[] = [];
  for (;;) {
    if (!cursor.advance()) {
      if (await cursor.load()) continue;
      return stored;
    }
    const { buffer, at, position } = cursor;
    const stream = recordStream(buffer, at);
    if (!stream.startsWith('$'))
      stored.push({ stream, revision: recordRevision(buffer, at), id: recordId(buffer, at), position });
  }
};

/** Names what is wrong with a log: positions that do not grow, revisions with gaps. */
export const faultsOf = (stored: readonly Stored[]): string[] => {
  const next = new Map<string, number>();
  const faults: string[] = [];
  let last = -1;
  for (const { stream, revision, position } of stored) {
    if (position <= last) faults.push(`position ${position} after ${last}`);
    const expected = next.get(stream) ?? 0;
    if (revision !== expected) faults.push(`${stream}: revision ${revision} where ${expected} belongs`);
    next.set(stream, revision + 1);
    last = position;
  }
  return faults;
};
