import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { append, everything, faultsOf, proposed } from '../testing/direct-store.js';
import { FaultyDisk, type Survives } from '../testing/faulty-disk.js';
import { type EventStore, openEventStore } from './event-store.js';

const RUNS = process.env.TIKETI_DEEP === '1' ? 1000 : 60;
const OPTIONS = { segmentSize: 8192, tailBytes: 256 * 1024, checkpointEvery: 3000 };

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const life = fc.record({
  /** Appends that are acknowledged before the disk stops syncing. */
  before: fc.array(fc.record({ stream: fc.nat(3), events: fc.integer({ min: 1, max: 4 }), bytes: fc.nat(3000) }), {
    maxLength: 12,
  }),
  /** Appends under way when the machine stops. */
  during: fc.array(fc.record({ stream: fc.nat(3), events: fc.integer({ min: 1, max: 4 }), bytes: fc.nat(3000) }), {
    maxLength: 6,
  }),
  survivors: fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }),
});

describe('a machine that stops in the middle of a write', () => {
  it('keeps every acknowledged append, whole, and none in part', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 4 }), async (lives) => {
        let disk = new FaultyDisk();
        const acknowledged = new Set<string>();
        const attempts: string[][] = [];
        const write = async (store: EventStore, each: { stream: number; events: number; bytes: number }): Promise<void> => {
          const events = Array.from({ length: each.events }, () => proposed(each.bytes));
          const ids = events.map(({ id }) => id);
          attempts.push(ids);
          await append(store, `s-${each.stream}`, events);
          for (const id of ids) acknowledged.add(id);
        };
        for (const { before, during, survivors } of lives) {
          const store = await openEventStore(disk, OPTIONS);
          await Promise.all(before.map((each) => write(store, each)));
          disk.held = true;
          for (const each of during) void write(store, each);
          for (let wait = 0; during.length > 0 && disk.writesUnderWay === 0 && wait < 50; wait += 1) await turn();
          const survives: Survives = (sector) => survivors[sector % survivors.length] ?? false;
          disk = disk.crash(survives);
        }
        const found = await everything(await openEventStore(disk, OPTIONS));
        const ids = new Set(found.map(({ id }) => id));
        expect(faultsOf(found)).toEqual([]);
        expect([...acknowledged].filter((id) => !ids.has(id))).toEqual([]);
        const inPart = attempts.filter((attempt) => attempt.some((id) => ids.has(id)) && !attempt.every((id) => ids.has(id)));
        expect(inPart).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });
});
