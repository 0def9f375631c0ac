import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type EventStore, openEventStore } from '../store/event-store.js';
import { append, everything, faultsOf, proposed, until } from '../testing/direct-store.js';
import { FaultyDisk } from '../testing/faulty-disk.js';
import { BLOCK_HEADER } from './block.js';

const DEEP = process.env.TIKETI_DEEP === '1';
const RUNS = DEEP ? 1000 : 100;
const LIMIT_MS = DEEP ? 600_000 : 30_000;
const ONE_SEGMENT = { tailBytes: 128 * 1024 };
const NAME = '0000000000000000.log';

interface Ended {
  readonly disk: FaultyDisk;
  readonly acknowledged: string[];
  /** Where in the file the last acknowledged block begins and ends. */
  readonly begins: number;
  readonly ends: number;
}

/** Acknowledged appends, then one of `bytes` that is under way when the machine stops. */
const ended = async (appends: readonly number[], bytes: number, survives: (sector: number) => boolean): Promise<Ended> => {
  const disk = new FaultyDisk();
  const store = await openEventStore(disk, ONE_SEGMENT);
  const acknowledged: string[] = [];
  for (const each of appends) {
    const event = proposed(each);
    await append(store, 's', [event]);
    acknowledged.push(event.id);
  }
  const begins = store.log.mark()?.last.position ?? 0;
  disk.held = true;
  void append(store, 't', [proposed(bytes)]);
  await until(() => disk.writesUnderWay > 0);
  return { disk: disk.crash(survives), acknowledged, begins, ends: store.log.end };
};

const flip = (disk: FaultyDisk, at: number): void => {
  const bytes = Buffer.from(disk.files.get(NAME) ?? Buffer.alloc(0));
  bytes[at] = (bytes[at] ?? 0) ^ 0x10;
  disk.files.set(NAME, bytes);
};

const open = (disk: FaultyDisk): Promise<EventStore> => openEventStore(disk, ONE_SEGMENT);
const sizeOf = (disk: FaultyDisk): number => disk.files.get(NAME)?.length ?? 0;

const HEADER_ONLY = (sector: number): boolean => sector === 0;
const ALL_BUT_HEADER = (sector: number): boolean => sector !== 0;

describe('the last acknowledged block, damaged, with a torn one behind it', () => {
  it.each([
    ['whose header is there', HEADER_ONLY, BLOCK_HEADER + 60],
    ['whose header is there, in its own header', HEADER_ONLY, 0],
    ['whose header is lost', ALL_BUT_HEADER, BLOCK_HEADER + 60],
  ])('%s, is damage and not torn: read-only, naming the place, nothing cut off', async (_what, survives, offset) => {
    const { disk, acknowledged, begins } = await ended([50, 900], 3000, survives);
    flip(disk, begins + offset);
    const before = new Map(disk.files);
    const store = await open(disk);
    expect(store.log.damage).toMatchObject({ segment: NAME, offset: begins });
    await expect(append(store, 's', [proposed()])).rejects.toMatchObject({ name: 'ReadOnlyLogError' });
    await expect(everything(store)).rejects.toMatchObject({ name: 'DamagedLogError' });
    expect(store.index.find('s')?.count).toBe(acknowledged.length - 1);
    await store.close();
    expect(disk.files).toEqual(before);
  });

  it(
    'is damage wherever its content is damaged and however the one behind it is torn, if anything is left of that',
    async () => {
      const cases = fc.record({
        appends: fc.array(fc.nat(2000), { minLength: 1, maxLength: 6 }),
        bytes: fc.nat(6000),
        survivors: fc.array(fc.boolean(), { minLength: 1, maxLength: 14 }),
        where: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      });
      await fc.assert(
        fc.asyncProperty(cases, async ({ appends, bytes, survivors, where }) => {
          const { disk, begins, ends } = await ended(appends, bytes, (sector) => survivors[sector % survivors.length] ?? false);
          flip(disk, begins + BLOCK_HEADER + Math.floor((ends - begins - BLOCK_HEADER) * where));
          const size = sizeOf(disk);
          const store = await open(disk);
          const torn = size > ends;
          expect(store.log.damage !== undefined).toBe(torn);
          expect(sizeOf(disk)).toBe(torn ? size : begins);
        }),
        { numRuns: RUNS },
      );
    },
    LIMIT_MS,
  );

  it('is told from a segment that was never begun: one with more than its header had that header on the disk', async () => {
    const disk = new FaultyDisk();
    const small = { ...ONE_SEGMENT, segmentSize: 2048 };
    const store = await openEventStore(disk, small);
    await append(store, 's', [proposed(3000)]);
    const create = disk.create.bind(disk);
    disk.create = async (each) => {
      const file = await create(each);
      // the header's sync still answers, the first block's no more
      const sync = async (): Promise<void> => {
        await file.sync();
        disk.held = true;
      };
      return { ...file, sync };
    };
    void append(store, 's', [proposed(3000)]);
    await until(() => disk.writesUnderWay > 0);
    const next = disk.crash(HEADER_ONLY);
    const [, name = ''] = [...next.files.keys()].sort();
    const bytes = Buffer.from(next.files.get(name) ?? Buffer.alloc(0));
    bytes[2] = (bytes[2] ?? 0) ^ 1;
    next.files.set(name, bytes);
    const again = await openEventStore(next, small);
    expect(again.log.damage).toMatchObject({ segment: name, offset: 0 });
    expect(next.files.get(name)).toEqual(bytes);
  });
});

describe('a torn block alone', () => {
  it(
    'never keeps the log from opening, with everything acknowledged, whichever of its sectors are there',
    async () => {
      const cases = fc.record({
        appends: fc.array(fc.nat(2000), { maxLength: 6 }),
        bytes: fc.nat(9000),
        survivors: fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }),
      });
      await fc.assert(
        fc.asyncProperty(cases, async ({ appends, bytes, survivors }) => {
          const { disk, acknowledged } = await ended(appends, bytes, (sector) => survivors[sector % survivors.length] ?? false);
          const store = await open(disk);
          expect(store.log.failure).toBeUndefined();
          const found = await everything(store);
          expect(faultsOf(found)).toEqual([]);
          expect(found.filter(({ stream }) => stream === 's').map(({ id }) => id)).toEqual(acknowledged);
        }),
        { numRuns: RUNS },
      );
    },
    LIMIT_MS,
  );
});
