import { describe, expect, it } from '@jest/globals';
import { openEventStore } from '../store/event-store.js';
import { append, proposed } from '../testing/direct-store.js';
import { FaultyDisk } from '../testing/faulty-disk.js';

/** A disk that notes which files were synced since it was opened. */
class WatchedDisk extends FaultyDisk {
  readonly synced: string[] = [];

  override async open(name: string) {
    const file = await super.open(name);
    return {
      ...file,
      sync: () => {
        this.synced.push(name);
        return file.sync();
      },
    };
  }
}

const SMALL = { segmentSize: 4096, tailBytes: 128 * 1024 };

describe('opening a log', () => {
  it('syncs its last two segments before anybody is told what is in them: a killed process may have left them in the cache only', async () => {
    const disk = new WatchedDisk();
    const first = await openEventStore(disk, SMALL);
    for (let n = 0; n < 12; n += 1) await append(first, 'orders', [proposed(900)]);
    await first.close();
    disk.synced.length = 0;

    const next = await openEventStore(disk, SMALL);
    const logs = [...disk.files.keys()].filter((name) => name.endsWith('.log')).sort();
    expect(logs.length).toBeGreaterThan(2);
    expect(disk.synced).toEqual(logs.slice(-2));
    await next.close();
  });

  it('does not open when that sync fails', async () => {
    const disk = new FaultyDisk();
    const first = await openEventStore(disk, SMALL);
    await append(first, 'orders', [proposed(900)]);
    await first.close();
    disk.failNext = new Error('the disk lost its power');
    await expect(openEventStore(disk, SMALL)).rejects.toThrow('the disk lost its power');
  });
});

describe('writing an index checkpoint', () => {
  it('syncs the log it tells of first, so that it never outlives what it describes', async () => {
    const disk = new WatchedDisk();
    const order: string[] = disk.synced;
    const replace = disk.replace.bind(disk);
    disk.replace = (name, fill) => {
      order.push(`replace ${name}`);
      return replace(name, fill);
    };
    const store = await openEventStore(disk, SMALL);
    for (let n = 0; n < 6; n += 1) await append(store, 'orders', [proposed(900)]);
    const last = [...disk.files.keys()].sort().at(-1);
    order.length = 0;
    await store.close();
    expect(order).toEqual([last, 'replace index.checkpoint']);
  });

  it('writes none where that sync fails', async () => {
    const disk = new FaultyDisk();
    const failures: string[] = [];
    const store = await openEventStore(disk, { ...SMALL, onCheckpointFailed: ({ message }) => failures.push(message) });
    await append(store, 'orders', [proposed(900)]);
    disk.failNext = new Error('the disk lost its power');
    await store.close();
    expect(failures).toEqual(['the disk lost its power']);
    expect(disk.files.has('index.checkpoint')).toBe(false);
  });
});
