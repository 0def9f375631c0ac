import { describe, expect, it } from '@jest/globals';
import { append, proposed } from '../testing/direct-store.js';
import { FaultyDisk } from '../testing/faulty-disk.js';
import type { EventSink } from './event-sink.js';
import { openEventStore } from './event-store.js';
import { subscribeToAll } from './subscribe-all.js';

/** A sink that takes `room` frames and is then full until told to drain. */
class NarrowSink implements EventSink {
  readonly taken: string[] = [];
  closed = false;
  private room = 3;
  private wakes: (() => void)[] = [];
  private draining: (() => void) | undefined;

  get full(): boolean {
    return this.taken.length >= this.room;
  }

  send(frame: Buffer): void {
    this.taken.push(frame.toString('latin1'));
  }

  flush(): void {}

  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.draining = resolve;
    });
  }

  take(more: number): void {
    this.room = this.taken.length + more;
    this.draining?.();
  }

  onClosed(wake: () => void): void {
    this.wakes.push(wake);
  }

  close(): void {
    this.closed = true;
    this.draining?.();
    for (const wake of this.wakes) wake();
  }
}

const FRAMES = {
  checkpoint: (position: number) => Buffer.from(`checkpoint ${position}`),
  caughtUp: () => Buffer.from('caught up'),
};
const EVERYTHING = { after: -1, filter: undefined, checkpointEvery: 1, resolveLinks: false, structuredIds: false };

const until = async (condition: () => boolean): Promise<void> => {
  const deadline = Date.now() + 5000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('waited too long');
    await new Promise((resolve) => setImmediate(resolve));
  }
};

describe('a subscriber slower than the appends', () => {
  it('is sent no more than it takes, then everything, from the disk and without a gap', async () => {
    const store = await openEventStore(new FaultyDisk(), { segmentSize: 64 * 1024, tailBytes: 128 * 1024 });
    const sink = new NarrowSink();
    const ended = subscribeToAll(store.reader, EVERYTHING, sink, FRAMES);
    await until(() => sink.full);
    const ids: string[] = [];
    for (let n = 0; n < 200; n += 1) {
      const events = Array.from({ length: 5 }, () => proposed(500));
      ids.push(...events.map(({ id }) => id));
      await append(store, `s-${n % 5}`, events);
    }
    // one frame more than the sink has room for: the one that was being written when it filled up
    expect(sink.taken.length).toBeLessThanOrEqual(4);
    expect(store.log.inTail(0)).toBe(false);
    sink.take(100);
    await until(() => sink.full);
    expect(sink.taken.length).toBeLessThanOrEqual(105);
    sink.take(Number.POSITIVE_INFINITY);
    await until(() => sink.taken.length > 300 && sink.taken.at(-1) === 'caught up');
    const seen = sink.taken.flatMap((frame) => /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(frame)?.[0] ?? []);
    expect(seen.slice(-ids.length)).toEqual(ids);
    // said each time it had caught up: before the appends, and again after falling behind
    expect(sink.taken.filter((frame) => frame === 'caught up').length).toBe(2);
    sink.close();
    await ended;
  });
});
