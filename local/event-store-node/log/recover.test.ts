import { describe, expect, it } from '@jest/globals';
import { openEventStore } from '../store/event-store.js';
import { append, everything, faultsOf, proposed } from '../testing/direct-store.js';
import { FaultyDisk } from '../testing/faulty-disk.js';

const SMALL = { segmentSize: 4096, tailBytes: 128 * 1024 };

const filled = async (appends: number): Promise<FaultyDisk> => {
  const disk = new FaultyDisk();
  const store = await openEventStore(disk, SMALL);
  for (let n = 0; n < appends; n += 1) await append(store, `s-${n % 3}`, [proposed(200), proposed(50)]);
  await store.close();
  disk.files.delete('index.checkpoint');
  return disk;
};

const lastName = (disk: FaultyDisk): string => [...disk.files.keys()].sort().at(-1) ?? '';
const firstName = (disk: FaultyDisk): string => [...disk.files.keys()].sort()[0] ?? '';
const bytesOf = (disk: FaultyDisk, name: string): Buffer => disk.files.get(name) ?? Buffer.alloc(0);

describe('opening a log', () => {
  it('finds everything again across segments and goes on behind it', async () => {
    const disk = await filled(40);
    expect(disk.files.size).toBeGreaterThan(3);
    const store = await openEventStore(disk, SMALL);
    const before = await everything(store);
    expect(before).toHaveLength(80);
    await append(store, 's-0', [proposed()]);
    const after = await everything(store);
    expect(after.slice(0, 80)).toEqual(before);
    expect(faultsOf(after)).toEqual([]);
  });

  it.each([1, 10, 24, 100, 400])('cuts off a last write that lacks its last %i bytes, and nothing else', async (missing) => {
    const disk = await filled(7);
    const name = lastName(disk);
    const whole = bytesOf(disk, name);
    disk.files.set(name, Buffer.from(whole.subarray(0, whole.length - missing)));
    const store = await openEventStore(disk, SMALL);
    expect(store.log.dropped).toBeGreaterThan(0);
    const found = await everything(store);
    expect(faultsOf(found)).toEqual([]);
    expect(found).toHaveLength(12);
    await append(store, 's-0', [proposed()]);
    expect(
      await everything(
        await openEventStore(
          disk.crash(() => false),
          SMALL,
        ),
      ),
    ).toHaveLength(13);
  });

  it('is not fooled by event data that looks like a block', async () => {
    const disk = await filled(2);
    const block = Buffer.from(bytesOf(disk, firstName(disk)).subarray(32));
    const store = await openEventStore(disk, SMALL);
    await append(store, 'mimic', [{ ...proposed(), data: block }]);
    await store.close();
    disk.files.delete('index.checkpoint');
    const name = lastName(disk);
    disk.files.set(name, Buffer.from(bytesOf(disk, name).subarray(0, -3)));
    expect(await everything(await openEventStore(disk, SMALL))).toHaveLength(4);
  });
});

describe('a log whose disk fails', () => {
  it('acknowledges nothing after a failed sync and stays read-only', async () => {
    const disk = new FaultyDisk();
    const store = await openEventStore(disk, SMALL);
    await append(store, 's', [proposed()]);
    disk.failNext = new Error('EIO: i/o error, fdatasync');
    const together = await Promise.allSettled([append(store, 's', [proposed()]), append(store, 't', [proposed()])]);
    expect(together.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(append(store, 's', [proposed()])).rejects.toMatchObject({ name: 'ReadOnlyLogError' });
    await expect(append(store, 's', [proposed()])).rejects.toThrow(/read-only.*EIO/);
    expect(await everything(store)).toHaveLength(1);
  });

  it('shows readers only what is synced', async () => {
    const disk = new FaultyDisk();
    const store = await openEventStore(disk, SMALL);
    await append(store, 's', [proposed()]);
    disk.held = true;
    void append(store, 's', [proposed()]);
    while (disk.writesUnderWay === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await everything(store)).toHaveLength(1);
    expect(store.index.find('s')).toMatchObject({ visible: 1, count: 2 });
  });

  it('notices a block that no longer reads back as it was written', async () => {
    const disk = await filled(40);
    const store = await openEventStore(disk, SMALL);
    const name = firstName(disk);
    const bytes = Buffer.from(bytesOf(disk, name));
    bytes[500] = (bytes[500] ?? 0) ^ 4;
    disk.files.set(name, bytes);
    await expect(everything(store)).rejects.toMatchObject({ name: 'DamagedLogError', segment: name });
    await expect(append(store, 's', [proposed()])).rejects.toThrow(/read-only.*damaged: segment 0{16}\.log at offset \d+/);
  });
});
