import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { append, everything, faultsOf, proposed } from '../testing/direct-store.js';
import { FaultyDisk } from '../testing/faulty-disk.js';
import { NO_STREAM } from './check-commit.js';
import { type EventStore, openEventStore } from './event-store.js';

const DEEP = process.env.TIKETI_DEEP === '1';
const RUNS = DEEP ? 1000 : 80;
const LIMIT_MS = DEEP ? 600_000 : 30_000;
const SMALL = { segmentSize: 8192, tailBytes: 256 * 1024, checkpointEvery: 4000 };

describe('a disk without room', () => {
  it('refuses appends, keeps serving, and takes them again once there is room, without a restart', async () => {
    const disk = new FaultyDisk();
    const told: (string | undefined)[] = [];
    const store = await openEventStore(disk, { ...SMALL, onFull: (full) => told.push(full?.message) });
    const kept = proposed();
    await append(store, 's', [kept], NO_STREAM);
    disk.room = 150;
    const refused = proposed(400);
    const together = await Promise.allSettled([
      append(store, 's', [refused], 0),
      append(store, 'new', [proposed(400)], NO_STREAM),
    ]);
    expect(together.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(append(store, 's', [refused], 0)).rejects.toThrow(/disk is full, nothing was stored.*ENOSPC/);
    expect((await everything(store)).map(({ id }) => id)).toEqual([kept.id]);
    expect(store.index.events).toBe(4);
    disk.room = Number.POSITIVE_INFINITY;
    // at the same revisions: nothing of the refused appends is left, not even in memory
    expect(await append(store, 's', [refused], 0)).toMatchObject({ kind: 'appended', revision: 1 });
    expect(await append(store, 'new', [proposed()], NO_STREAM)).toMatchObject({ kind: 'appended', revision: 0 });
    expect(told).toEqual([expect.stringContaining('ENOSPC'), undefined]);
    expect(store.log.failure).toBeUndefined();
    const found = await everything(store);
    expect(
      await everything(
        await openEventStore(
          disk.crash(() => false),
          SMALL,
        ),
      ),
    ).toEqual(found);
  });

  it('refuses what needs a new segment that cannot be made, or cannot get its header, and leaves no part of it', async () => {
    const disk = new FaultyDisk();
    const store = await openEventStore(disk, SMALL);
    await append(store, 's', [proposed(9000)], NO_STREAM);
    const [event, create] = [proposed(), disk.create.bind(disk)];
    disk.create = () => Promise.reject(Object.assign(new Error('ENOSPC: no space left on device, open'), { code: 'ENOSPC' }));
    await expect(append(store, 's', [event], 0)).rejects.toMatchObject({ name: 'DiskFullError' });
    disk.create = create;
    for (const room of [0, 20]) {
      disk.room = room;
      await expect(append(store, 's', [event], 0)).rejects.toMatchObject({ name: 'DiskFullError' });
      expect((await disk.list()).filter((name) => name.endsWith('.log'))).toHaveLength(1);
    }
    disk.room = Number.POSITIVE_INFINITY;
    expect(await append(store, 's', [event], 0)).toMatchObject({ kind: 'appended', revision: 1 });
  });

  it('does not begin a store it has no room for, leaves no part of one, and begins it once there is room', async () => {
    for (const room of [0, 31, 32, 400, 600]) {
      const disk = new FaultyDisk();
      disk.room = room;
      await expect(openEventStore(disk, SMALL)).rejects.toMatchObject({ name: 'DiskFullError' });
      // the header alone may be there: a start that was cut short
      expect([0, 32]).toContain(disk.files.get('0000000000000000.log')?.length ?? 0);
      disk.room = Number.POSITIVE_INFINITY;
      const store = await openEventStore(disk, SMALL);
      expect(store.index.events).toBe(3);
      expect(await append(store, 's', [proposed()], NO_STREAM)).toMatchObject({ kind: 'appended', revision: 0 });
    }
  });

  it('is opened as it stands and read from, and takes appends once there is room', async () => {
    const before = new FaultyDisk();
    const store = await openEventStore(before, SMALL);
    for (let n = 0; n < 3; n += 1) await append(store, 's', [proposed(3000)], n - 1);
    const found = await everything(store);
    for (const [disk, begun] of [
      [before.crash(() => false), undefined],
      [before.kill(), undefined],
      // a segment whose making was cut short
      [before.crash(() => false), 0],
      [before.crash(() => false), 20],
    ] as const) {
      if (begun !== undefined) disk.files.set(`${String(store.log.end).padStart(16, '0')}.log`, Buffer.alloc(begun));
      disk.room = 0;
      const next = await openEventStore(disk, SMALL);
      expect(await everything(next)).toEqual(found);
      const [event] = [proposed()];
      await expect(append(next, 's', [event], 2)).rejects.toMatchObject({ name: 'DiskFullError' });
      disk.room = Number.POSITIVE_INFINITY;
      expect(await append(next, 's', [event], 2)).toMatchObject({ kind: 'appended', revision: 3 });
      await next.close();
    }
  });

  it('takes back deletes, tombstones and metadata it could not store', async () => {
    const disk = new FaultyDisk();
    const store = await openEventStore(disk, SMALL);
    await append(store, 's', [proposed()]);
    disk.room = 0;
    const refused = (call: (settle: (outcome: unknown) => void) => void) => new Promise((resolve) => call(resolve));
    const outcomes = [
      refused((settle) => store.writer.softDelete('s', 0, settle)),
      refused((settle) => store.writer.append('s', 0, [proposed()], settle)),
      refused((settle) => store.writer.tombstone('s', 1, settle)),
    ];
    expect(await Promise.all(outcomes)).toEqual(
      Array.from({ length: 3 }, () => expect.objectContaining({ name: 'DiskFullError' })),
    );
    disk.room = Number.POSITIVE_INFINITY;
    expect(store.reader.state('s')).toBe('readable');
    expect(await append(store, 's', [proposed()], 0)).toMatchObject({ kind: 'appended', revision: 1 });
  });

  it(
    'never loses or half-keeps anything, whenever room runs out and comes back',
    async () => {
      const step = fc.record({
        room: fc.option(fc.nat(6000), { freq: 2 }),
        appends: fc.array(fc.record({ stream: fc.nat(3), events: fc.integer({ min: 1, max: 3 }), bytes: fc.nat(2500) }), {
          maxLength: 5,
        }),
        restart: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 10 }), async (steps) => {
          let disk = new FaultyDisk();
          let store: EventStore = await openEventStore(disk, SMALL);
          const stored: string[] = [];
          for (const { room, appends, restart } of steps) {
            disk.room = room ?? Number.POSITIVE_INFINITY;
            await Promise.all(
              appends.map(async ({ stream, events, bytes }) => {
                const batch = Array.from({ length: events }, () => proposed(bytes));
                try {
                  await append(store, `s-${stream}`, batch);
                  stored.push(...batch.map(({ id }) => id));
                } catch (error) {
                  expect(error).toMatchObject({ name: 'DiskFullError' });
                }
              }),
            );
            if (!restart) continue;
            disk = disk.crash(() => false);
            store = await openEventStore(disk, SMALL);
          }
          disk.room = Number.POSITIVE_INFINITY;
          const last = proposed();
          await append(store, 's-0', [last]);
          const found = await everything(store);
          expect(faultsOf(found)).toEqual([]);
          expect(found.map(({ id }) => id).sort()).toEqual([...stored, last.id].sort());
          expect(
            await everything(
              await openEventStore(
                disk.crash(() => false),
                SMALL,
              ),
            ),
          ).toEqual(found);
        }),
        { numRuns: RUNS },
      );
    },
    LIMIT_MS,
  );
});
