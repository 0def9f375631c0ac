import { describe, expect, it } from '@jest/globals';
import { type EventStore, openEventStore } from '../store/event-store.js';
import { append, everything, proposed, readIds, until } from '../testing/direct-store.js';
import { FaultyDisk } from '../testing/faulty-disk.js';

const SMALL = { segmentSize: 4096, tailBytes: 128 * 1024 };

/** Forty appends to three streams in several segments, then the checkpoint kept or not. */
const filled = async (checkpoint: 'kept' | 'removed'): Promise<{ disk: FaultyDisk; ids: Map<string, string[]> }> => {
  const disk = new FaultyDisk();
  const store = await openEventStore(disk, SMALL);
  const ids = new Map<string, string[]>();
  for (let n = 0; n < 40; n += 1) {
    const events = [proposed(200), proposed(50)];
    await append(store, `s-${n % 3}`, events);
    ids.set(`s-${n % 3}`, [...(ids.get(`s-${n % 3}`) ?? []), ...events.map(({ id }) => id)]);
  }
  await store.close();
  if (checkpoint === 'removed') disk.files.delete('index.checkpoint');
  return { disk, ids };
};

const logs = (disk: FaultyDisk): string[] => [...disk.files.keys()].filter((name) => name.endsWith('.log')).sort();

const flip = (disk: FaultyDisk, name: string, at: number): void => {
  const bytes = Buffer.from(disk.files.get(name) ?? Buffer.alloc(0));
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  disk.files.set(name, bytes);
};

const expectReadOnly = async (store: EventStore, segment: string): Promise<void> => {
  expect(store.log.damage).toMatchObject({ segment });
  expect(store.log.failure?.message).toMatch(new RegExp(`read-only.*${segment} at offset \\d+`));
  await expect(append(store, 's-0', [proposed()])).rejects.toMatchObject({ name: 'ReadOnlyLogError' });
};

describe('a log damaged in its middle', () => {
  it('opens read-only, serves what is intact and names what is not', async () => {
    const { disk, ids } = await filled('removed');
    const [, segment = ''] = logs(disk);
    flip(disk, segment, 700);
    const before = new Map(disk.files);
    const failures: string[] = [];
    const store = await openEventStore(disk, { ...SMALL, onFailure: (failure) => failures.push(failure.message) });
    await expectReadOnly(store, segment);
    expect(failures).toHaveLength(1);
    await expect(everything(store)).rejects.toMatchObject({ name: 'DamagedLogError', segment });
    const reads = await Promise.all([0, 1, 2].map((n) => readIds(store, `s-${n}`)));
    // one append, so one stream, lay in the damaged block: it is read up to there, the others whole
    const damaged = reads.filter(({ error }) => error !== undefined);
    expect(damaged).toHaveLength(1);
    for (const { stream, ids: seen, error } of reads) {
      const all = ids.get(stream) ?? [];
      expect(seen).toEqual(error === undefined ? all : all.slice(0, seen.length));
    }
    expect(damaged[0]?.error).toMatchObject({ name: 'DamagedLogError', segment });
    const { stream = '', ids: seen = [] } = damaged[0] ?? {};
    const behind = await readIds(store, stream, seen.length + 2);
    expect(behind.ids).toEqual(ids.get(stream)?.slice(seen.length + 2));
    await store.close();
    expect(disk.files).toEqual(before);
  });

  it('is damaged and not torn when good blocks follow in the last segment', async () => {
    const { disk } = await filled('removed');
    const name = logs(disk).at(-1) ?? '';
    flip(disk, name, 100);
    await expectReadOnly(await openEventStore(disk, SMALL), name);
  });

  it('opens read-only when a segment is missing', async () => {
    const { disk, ids } = await filled('removed');
    disk.files.delete(logs(disk)[1] ?? '');
    const store = await openEventStore(disk, SMALL);
    await expectReadOnly(store, logs(disk)[0] ?? '');
    await expect(everything(store)).rejects.toMatchObject({ name: 'DamagedLogError' });
    expect((await readIds(store, 's-0')).ids.length).toBeLessThan(ids.get('s-0')?.length ?? 0);
  });

  it('opens read-only when the first segment is missing', async () => {
    const { disk } = await filled('removed');
    disk.files.delete(logs(disk)[0] ?? '');
    const store = await openEventStore(disk, SMALL);
    await expectReadOnly(store, '0000000000000000.log');
    await expect(everything(store)).rejects.toMatchObject({ name: 'DamagedLogError', segment: '0000000000000000.log' });
  });

  it('is noticed when the log ends before what the checkpoint says it had reached', async () => {
    const { disk } = await filled('kept');
    const name = logs(disk).at(-1) ?? '';
    disk.files.set(name, Buffer.from((disk.files.get(name) ?? Buffer.alloc(0)).subarray(0, -10)));
    const size = disk.files.get(name)?.length;
    await expectReadOnly(await openEventStore(disk, SMALL), name);
    expect(disk.files.get(name)?.length).toBe(size);
  });
});

describe('the scrub after a start', () => {
  it('finds damage that opening from a checkpoint did not read, and makes the next start read everything', async () => {
    const { disk } = await filled('kept');
    const [, segment = ''] = logs(disk);
    flip(disk, segment, 700);
    const store = await openEventStore(disk, SMALL);
    expect(store.log.unread).toBeGreaterThan(0);
    await until(() => store.scrub.verified === store.scrub.until);
    await expectReadOnly(store, segment);
    await store.close();
    expect(disk.files.has('index.checkpoint')).toBe(false);
    const again = await openEventStore(disk, SMALL);
    expect(again.log.unread).toBe(0);
    await expectReadOnly(again, segment);
  });

  it('takes a place the disk cannot read for damage', async () => {
    const { disk } = await filled('kept');
    const [, segment = ''] = logs(disk);
    const checkpoint = disk.files.get('index.checkpoint') ?? Buffer.alloc(0);
    const store = await openEventStore(disk, SMALL);
    disk.unreadable.add(segment);
    await until(() => store.scrub.verified === store.scrub.until);
    await expectReadOnly(store, segment);
    disk.files.set('index.checkpoint', checkpoint);
    const again = await openEventStore(disk, SMALL);
    await expectReadOnly(again, segment);
    await expect(everything(again)).rejects.toMatchObject({ name: 'DamagedLogError', segment });
  });

  it('goes through all of a sound log, at its pace, and stops when the store closes', async () => {
    const { disk } = await filled('kept');
    const store = await openEventStore(disk, SMALL);
    await until(() => store.scrub.verified === store.scrub.until);
    expect(store.scrub.until).toBe(store.log.end);
    expect(store.log.failure).toBeUndefined();
    await append(store, 'big', [proposed(900_000), proposed(900_000), proposed(900_000)]);
    await store.close();
    const slow = await openEventStore(disk, { ...SMALL, scrubBytesPerSecond: 1 });
    await until(() => slow.scrub.verified > 1024 * 1024);
    expect(slow.scrub.verified).toBeLessThanOrEqual(slow.scrub.until);
    await slow.close();
  });
});
