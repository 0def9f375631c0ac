import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { createModelStore } from '../testing/model-store.js';
import { context, type SeatEvent, type Seats, seatCodec, seats, take } from '../testing/seats.js';
import { createSerialWriters, type SerialWriters } from './serial-writers.js';

describe('the serial writers of many streams', () => {
  let writers: SerialWriters<Seats, SeatEvent>;
  let loads = 0;
  const open = (more: { idleAfterMs?: number; maxOpen?: number } = {}) => {
    loads = 0;
    writers = createSerialWriters({
      store: createModelStore(),
      codec: seatCodec,
      aggregate: seats,
      observe: ({ kind }) => {
        if (kind === 'loaded') loads += 1;
      },
      ...more,
    });
    return writers;
  };
  const hold = (stream: string, id: string, seat: string) => writers.of(stream).submit(take(id, 'me', seat), context(id));
  afterEach(() => writers.close());

  it('keep streams apart and each in memory', async () => {
    open();
    await Promise.all([hold('a', 'c1', 'A'), hold('b', 'c2', 'A')]);
    await hold('a', 'c3', 'B');
    expect([...(await writers.of('a').state()).state.holders.keys()]).toEqual(['A', 'B']);
    expect((await writers.of('b').state()).revision).toBe(0n);
    expect((await writers.of('c').state()).revision).toBeUndefined();
    expect(loads).toBe(3);
  });

  it('let the longest unused leave memory, and replay it when it is used again', async () => {
    open({ maxOpen: 2 });
    const a = writers.of('a');
    await hold('a', 'c1', 'A');
    await hold('b', 'c2', 'A');
    await hold('c', 'c3', 'A');
    expect(loads).toBe(3);
    await hold('b', 'c4', 'B');
    await hold('c', 'c5', 'B');
    expect(loads).toBe(3);
    expect((await a.submit(take('c6', 'me', 'B'), context('c6'))).kind).toBe('accepted');
    expect(loads).toBe(4);
  });

  it('let one go that nobody used for a while', async () => {
    jest.useFakeTimers();
    try {
      open({ idleAfterMs: 60_000 });
      const first = hold('a', 'c1', 'A');
      await jest.advanceTimersByTimeAsync(30_000);
      await first;
      const second = hold('a', 'c2', 'B');
      await jest.advanceTimersByTimeAsync(45_000);
      await second;
      expect(loads).toBe(1);
      await jest.advanceTimersByTimeAsync(60_000);
      const third = hold('a', 'c3', 'C');
      await jest.advanceTimersByTimeAsync(1000);
      expect((await third).kind).toBe('accepted');
      expect(loads).toBe(2);
    } finally {
      jest.useRealTimers();
    }
  });

  it('take nothing once closed', async () => {
    open();
    await hold('a', 'c1', 'A');
    await writers.close();
    await expect(hold('a', 'c2', 'B')).rejects.toThrow('closed');
  });
});
