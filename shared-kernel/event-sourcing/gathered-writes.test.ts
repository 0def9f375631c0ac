import { describe, expect, it, jest } from '@jest/globals';
import { createGatheredWrites } from './gathered-writes.js';

const deferred = () => {
  let end: (error?: unknown) => void = () => undefined;
  const promise = new Promise<void>((resolve, reject) => {
    end = (error) => (error === undefined ? resolve() : reject(error));
  });
  return { promise, end };
};

describe('gathered writes', () => {
  it('write at once, and together what comes while a write is under way', async () => {
    const batches: (readonly number[])[] = [];
    const first = deferred();
    const writes = createGatheredWrites<number>({
      write: async (rows) => {
        batches.push(rows);
        if (batches.length === 1) await first.promise;
      },
    });
    const all = [writes.add(1), writes.add(2), writes.add(3)];
    expect([batches, writes.waiting()]).toEqual([[[1]], 2]);
    first.end();
    await Promise.all(all);
    expect(batches).toEqual([[1], [2, 3]]);
    await writes.flush();
    await writes.add(4);
    expect(batches).toEqual([[1], [2, 3], [4]]);
  });

  it('write together what comes within the time given, and no statement larger than five hundred rows', async () => {
    jest.useFakeTimers();
    try {
      const batches: number[] = [];
      const writes = createGatheredWrites<number>({
        everyMs: 100,
        write: async (rows) => {
          batches.push(rows.length);
        },
      });
      const all = Array.from({ length: 1100 }, (_, n) => writes.add(n));
      await jest.advanceTimersByTimeAsync(99);
      expect(batches).toEqual([]);
      await jest.advanceTimersByTimeAsync(1);
      await Promise.all(all);
      expect(batches).toEqual([500, 500, 100]);
    } finally {
      jest.useRealTimers();
    }
  });

  it('are written at once when asked to', async () => {
    const batches: (readonly number[])[] = [];
    const writes = createGatheredWrites<number>({
      everyMs: 60_000,
      write: async (rows) => {
        batches.push(rows);
      },
    });
    const added = writes.add(1);
    await writes.flush();
    await added;
    expect(batches).toEqual([[1]]);
    await writes.flush();
    expect(batches).toEqual([[1]]);
  });

  it('keep no row out for the sake of one that cannot be written', async () => {
    const written: number[] = [];
    const writes = createGatheredWrites<number>({
      everyMs: 1,
      write: async (rows) => {
        if (rows.includes(2)) throw new Error('two is no row');
        written.push(...rows);
      },
    });
    const outcomes = await Promise.allSettled([writes.add(1), writes.add(2), writes.add(3)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(written).toEqual([1, 3]);
  });

  it('fail together where the database is away, and go on afterwards', async () => {
    let away = true;
    let asked = 0;
    const writes = createGatheredWrites<number>({
      everyMs: 1,
      write: async () => {
        asked += 1;
        if (away) throw Object.assign(new Error('gone'), { code: 'ECONNREFUSED' });
      },
    });
    const outcomes = await Promise.allSettled([writes.add(1), writes.add(2)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(asked).toBe(1);
    away = false;
    await expect(writes.add(3)).resolves.toBeUndefined();
  });

  it('tell of a batch that could not be written once, and of a row by itself', async () => {
    const told: unknown[] = [];
    let fault: Error = Object.assign(new Error('gone'), { code: 'ECONNREFUSED' });
    const writes = createGatheredWrites<number>({
      everyMs: 1,
      write: async (rows) => {
        if (fault.message === 'gone' || rows.includes(2)) throw fault;
      },
      onFailed: (error, rows) => told.push([(error as Error).message, rows]),
    });
    await Promise.allSettled([writes.add(1), writes.add(2)]);
    fault = new Error('two is no row');
    await Promise.allSettled([writes.add(1), writes.add(2)]);
    expect(told).toEqual([
      ['gone', 2],
      ['two is no row', 1],
    ]);
  });

  it('go on when everything that waited was forgotten', async () => {
    jest.useFakeTimers();
    try {
      const written: number[] = [];
      const writes = createGatheredWrites<number>({
        everyMs: 100,
        write: async (rows) => {
          written.push(...rows);
        },
      });
      void writes.add(1);
      writes.dropOldest(0);
      await jest.advanceTimersByTimeAsync(100);
      await writes.flush();
      const added = writes.add(2);
      await jest.advanceTimersByTimeAsync(100);
      await added;
      expect(written).toEqual([2]);
    } finally {
      jest.useRealTimers();
    }
  });

  it('forget the oldest where there are too many', async () => {
    const written: number[] = [];
    const writes = createGatheredWrites<number>({
      everyMs: 60_000,
      write: async (rows) => {
        written.push(...rows);
      },
    });
    for (const n of [1, 2, 3, 4]) void writes.add(n);
    writes.dropOldest(2);
    writes.dropOldest(9);
    expect(writes.waiting()).toBe(2);
    await writes.flush();
    expect(written).toEqual([3, 4]);
  });
});
