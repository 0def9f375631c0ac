import { describe, expect, it } from '@jest/globals';
import { NO_STREAM } from '../store/check-commit.js';
import { openEventStore } from '../store/event-store.js';
import { append, everything, proposed } from '../testing/direct-store.js';
import { FaultyDisk } from '../testing/faulty-disk.js';

const SMALL = { segmentSize: 4096, tailBytes: 128 * 1024 };
const full = (): Error => Object.assign(new Error('ENOSPC: no space left on device, fdatasync'), { code: 'ENOSPC' });

describe('a sync that failed', () => {
  it('leaves nothing for the next start to take for stored: the system would read it back and never store it', async () => {
    const disk = new FaultyDisk();
    const first = await openEventStore(disk, SMALL);
    const [kept, refused] = [proposed(), proposed()];
    await append(first, 's', [kept], NO_STREAM);
    disk.failNext = new Error('EIO: i/o error, fdatasync');
    await expect(append(first, 's', [refused], 0)).rejects.toMatchObject({ name: 'ReadOnlyLogError' });
    await first.close();

    const killed = disk.kill();
    const second = await openEventStore(killed, SMALL);
    expect((await everything(second)).map(({ id }) => id)).toEqual([kept.id]);
    expect(await append(second, 's', [refused], 0)).toMatchObject({ kind: 'appended', revision: 1 });
    const third = await openEventStore(
      killed.crash(() => false),
      SMALL,
    );
    expect((await everything(third)).map(({ id }) => id)).toEqual([kept.id, refused.id]);
  });

  it.each([1, 2])('makes the log read-only also where the disk says it was full, at the sync %i before the next', async (nth) => {
    const disk = new FaultyDisk();
    const store = await openEventStore(disk, SMALL);
    // the second begins a segment, whose header is synced first
    if (nth === 2) await append(store, 's', [proposed(5000)], NO_STREAM);
    const segments = store.log.segmentCount;
    disk.failNext = full();
    await expect(append(store, 't', [proposed()])).rejects.toMatchObject({ name: 'ReadOnlyLogError' });
    expect([store.log.full, store.log.segmentCount]).toEqual([undefined, segments]);
    await store.close();
    const next = await openEventStore(disk.kill(), SMALL);
    await append(next, 't', [proposed()], NO_STREAM);
    expect(next.log.failure).toBeUndefined();
  });
});
