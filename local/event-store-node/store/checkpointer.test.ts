import { describe, expect, it } from '@jest/globals';
import { append, everything, proposed, until } from '../testing/direct-store.js';
import { FaultyDisk } from '../testing/faulty-disk.js';
import { ANY } from './check-commit.js';
import { type EventStore, openEventStore } from './event-store.js';

const SMALL = { segmentSize: 4096, tailBytes: 128 * 1024 };
const NAME = 'index.checkpoint';

const settled = (call: (settle: () => void) => void): Promise<void> => new Promise((resolve) => call(() => resolve()));

/** Streams of every kind: plain, described, soft-deleted, brought back, tombstoned, never written to but described. */
const write = async (store: EventStore, rounds: number): Promise<void> => {
  const { writer } = store;
  const metadata = (json: string) => [{ ...proposed(), type: Buffer.from('$metadata'), data: Buffer.from(json) }];
  for (let n = 0; n < rounds; n += 1) {
    await append(store, `plain-${n % 3}`, [proposed(300), proposed(40)]);
    await append(store, `$$described-${n % 2}`, metadata(`{"$maxCount":${n + 1},"$maxAge":600,"owner":"정"}`));
    await append(store, `deleted-${n}`, [proposed()]);
    await settled((settle) => writer.softDelete(`deleted-${n}`, ANY, settle));
    if (n % 2 === 0) await append(store, `deleted-${n}`, [proposed()]);
    if (n % 5 === 0) await settled((settle) => writer.tombstone(`gone-${n}`, ANY, settle));
  }
};

/** What the index knows, in a form that can be compared. */
const contents = async (store: EventStore): Promise<unknown> => ({
  events: store.index.events,
  stored: await everything(store),
  streams: store.index
    .snapshot()
    .map((part) => part())
    .map(({ positions, ...rest }) => ({ ...rest, positions: [...positions] }))
    .sort((a, b) => (a.name < b.name ? -1 : 1)),
  metadata: store.index
    .snapshot()
    .map((part) => store.index.find(part().name)?.metadata.maxCount ?? 0)
    .reduce((a, b) => a + b, 0),
});

const withoutCheckpoint = (disk: FaultyDisk): FaultyDisk => {
  const copy = disk.crash(() => false);
  copy.files.delete(NAME);
  return copy;
};

describe('opening from an index checkpoint', () => {
  it('comes to the same index as reading the whole log, and goes on from there', async () => {
    const disk = new FaultyDisk();
    const first = await openEventStore(disk, SMALL);
    await write(first, 12);
    const before = await contents(first);
    await first.close();
    const scanned = await openEventStore(withoutCheckpoint(disk), SMALL);
    const resumed = await openEventStore(disk, SMALL);
    expect([scanned.log.unread, resumed.log.unread]).toEqual([0, resumed.log.end]);
    expect(await contents(scanned)).toEqual(before);
    expect(await contents(resumed)).toEqual(before);
    await write(resumed, 3);
    const after = await contents(resumed);
    await resumed.close();
    expect(await contents(await openEventStore(withoutCheckpoint(disk), SMALL))).toEqual(after);
    expect(await contents(await openEventStore(disk, SMALL))).toEqual(after);
  });

  it('needs only what was written since, when the process was killed', async () => {
    const disk = new FaultyDisk();
    const store = await openEventStore(disk, { ...SMALL, checkpointEvery: 6000 });
    await write(store, 15);
    await until(() => disk.files.has(NAME));
    const expected = await contents(store);
    const next = await openEventStore(
      disk.crash(() => false),
      SMALL,
    );
    expect(next.log.unread).toBeGreaterThan(5000);
    expect(next.log.unread).toBeLessThan(next.log.end);
    expect(await contents(next)).toEqual(expected);
  });

  it.each([
    ['cut short', (bytes: Buffer) => bytes.subarray(0, -1)],
    ['empty', (bytes: Buffer) => bytes.subarray(0, 0)],
    ['of another version', (bytes: Buffer) => Buffer.concat([Buffer.from('TKTIDX99'), bytes.subarray(8)])],
    ['changed in its header', (bytes: Buffer) => flipped(bytes, 20)],
    ['changed in its body', (bytes: Buffer) => flipped(bytes, bytes.length - 5)],
  ])('reads the whole log when it is %s', async (_what, spoil) => {
    const disk = new FaultyDisk();
    const store = await openEventStore(disk, SMALL);
    await write(store, 4);
    const expected = await contents(store);
    await store.close();
    disk.files.set(NAME, spoil(Buffer.from(disk.files.get(NAME) ?? Buffer.alloc(0))));
    const next = await openEventStore(disk, SMALL);
    expect(next.log.unread).toBe(0);
    expect(next.log.failure).toBeUndefined();
    expect(await contents(next)).toEqual(expected);
  });

  it('reads the whole log when it cannot be read at all', async () => {
    const disk = new FaultyDisk();
    const store = await openEventStore(disk, SMALL);
    await write(store, 4);
    const expected = await contents(store);
    await store.close();
    disk.unreadable.add(NAME);
    const next = await openEventStore(disk, SMALL);
    expect([next.log.unread, next.log.failure]).toEqual([0, undefined]);
    expect(await contents(next)).toEqual(expected);
  });

  it('is not taken in by the checkpoint of another store', async () => {
    const [mine, other] = [new FaultyDisk(), new FaultyDisk()];
    for (const [disk, rounds] of [[mine, 3] as const, [other, 9] as const]) {
      const store = await openEventStore(disk, SMALL);
      await write(store, rounds);
      await store.close();
    }
    const expected = await contents(await openEventStore(mine, SMALL));
    mine.files.set(NAME, Buffer.from(other.files.get(NAME) ?? Buffer.alloc(0)));
    const next = await openEventStore(mine, SMALL);
    expect([next.log.unread, next.log.failure]).toEqual([0, undefined]);
    expect(await contents(next)).toEqual(expected);
  });

  it('is content with an old one', async () => {
    const disk = new FaultyDisk();
    const store = await openEventStore(disk, SMALL);
    await write(store, 2);
    await store.close();
    const old = Buffer.from(disk.files.get(NAME) ?? Buffer.alloc(0));
    const later = await openEventStore(disk, SMALL);
    await write(later, 8);
    const expected = await contents(later);
    await later.close();
    disk.files.set(NAME, old);
    const next = await openEventStore(disk, SMALL);
    expect(next.log.unread).toBe(store.log.end);
    expect(await contents(next)).toEqual(expected);
  });

  it('goes on without one when the disk has no room for it', async () => {
    const disk = new FaultyDisk();
    const failures: string[] = [];
    const store = await openEventStore(disk, { ...SMALL, onCheckpointFailed: (error) => failures.push(error.message) });
    await write(store, 2);
    disk.room = 100;
    await store.close();
    expect(failures).toEqual([expect.stringContaining('ENOSPC')]);
    expect(disk.files.has(NAME)).toBe(false);
  });
});

const flipped = (bytes: Buffer, at: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};
