import { describe, expect, it } from '@jest/globals';
import { append, proposed, until } from '../testing/direct-store.js';
import { FaultyDisk } from '../testing/faulty-disk.js';
import { NO_STREAM } from './check-commit.js';
import type { EventSink } from './event-sink.js';
import { openEventStore } from './event-store.js';
import { subscribeToStream } from './subscribe-stream.js';

const OPTIONS = { tailBytes: 128 * 1024 };
const FRAMES = { checkpoint: () => Buffer.alloc(0), caughtUp: () => Buffer.from('caught up') };

const listener = (): EventSink & { sent: number; close(): void } => {
  const wakes: (() => void)[] = [];
  const sink = {
    sent: 0,
    closed: false,
    full: false,
    send: () => {
      sink.sent += 1;
    },
    flush: () => undefined,
    drained: () => Promise.resolve(),
    onClosed: (wake: () => void) => void wakes.push(wake),
    close: () => {
      sink.closed = true;
      for (const wake of wakes) wake();
    },
  };
  return sink;
};

describe('streams that are named and never written', () => {
  it('are forgotten when the last who waits for them has gone', async () => {
    const store = await openEventStore(new FaultyDisk(), OPTIONS);
    const before = store.index.streamCount;
    const subscribe = (stream: string) => {
      const sink = listener();
      const how = { stream, after: -1, resolveLinks: false, structuredIds: false };
      return { sink, ended: subscribeToStream(store.reader, how, sink, FRAMES) };
    };
    const waiting = Array.from({ length: 50 }, (_, n) => subscribe(`never-${n % 25}`));
    for (const { sink } of waiting.slice(0, 25)) sink.close();
    await Promise.all(waiting.slice(0, 25).map(({ ended }) => ended));
    // the other half still waits for the same names, and is told
    await append(store, 'never-7', [proposed()], NO_STREAM);
    await until(() => waiting[32]?.sink.sent === 2);
    for (const { sink } of waiting) sink.close();
    await Promise.all(waiting.map(({ ended }) => ended));
    expect(store.index.streamCount).toBe(before + 1);
    expect(store.index.find('never-7')?.count).toBe(1);
  });

  it('are forgotten when a delete, an append of nothing or an append without room has named them', async () => {
    const disk = new FaultyDisk();
    const store = await openEventStore(disk, OPTIONS);
    const before = store.index.streamCount;
    const deleted = await new Promise((resolve) => store.writer.softDelete('never', NO_STREAM, resolve));
    expect(deleted).toMatchObject({ kind: 'wrong-version' });
    await append(store, 'nothing', [], NO_STREAM);
    disk.room = 0;
    const together = ['full', 'full', '$$full'].map((stream) => append(store, stream, [proposed()]));
    expect((await Promise.allSettled(together)).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(store.index.streamCount).toBe(before);
    disk.room = Number.POSITIVE_INFINITY;
    expect(await append(store, 'full', [proposed()], NO_STREAM)).toMatchObject({ kind: 'appended', revision: 0 });
  });
});
