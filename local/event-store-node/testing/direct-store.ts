import { randomUUID } from 'node:crypto';
import type { ProposedEvent } from '../log/record.js';
import { recordId, recordRevision, recordStream } from '../log/record.js';
import { AllCursor } from '../store/all-cursor.js';
import type { AppendOutcome } from '../store/append-outcome.js';
import { ANY } from '../store/check-commit.js';
import type { EventSink } from '../store/event-sink.js';
import type { EventStore } from '../store/event-store.js';
import { readStream } from '../store/read-stream.js';

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

/** The ids a reader of one stream gets, and the error that ended the read if one did. */
export const readIds = async (
  store: EventStore,
  stream: string,
  from = 0,
): Promise<{ stream: string; ids: string[]; error: Error | undefined }> => {
  const ids: string[] = [];
  const sink: EventSink = {
    send: (frame) => void ids.push(ID.exec(frame.toString('latin1'))?.[0] ?? ''),
    flush: () => undefined,
    full: false,
    drained: () => Promise.resolve(),
    closed: false,
    onClosed: () => undefined,
  };
  const range = { from, count: Number.POSITIVE_INFINITY, backwards: false, resolveLinks: false, structuredIds: false };
  const entry = store.index.find(stream);
  const read = entry === undefined ? Promise.resolve() : readStream(store.reader, entry, range, sink);
  const error = await read.then(
    () => undefined,
    (failure: Error) => failure,
  );
  return { stream, ids, error };
};

const ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

/** Resolves when the condition holds; rejects after ten seconds. */
export const until = async (condition: () => boolean): Promise<void> => {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('waited too long');
    await new Promise((resolve) => setImmediate(resolve));
  }
};
