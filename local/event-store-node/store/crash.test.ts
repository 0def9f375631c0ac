import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { append, everything, faultsOf, proposed } from '../testing/direct-store.js';
import { FaultyDisk, type Survives } from '../testing/faulty-disk.js';
import { type EventStore, openEventStore } from './event-store.js';

const DEEP = process.env.TIKETI_DEEP === '1';
const RUNS = DEEP ? 1000 : 80;
const LIMIT_MS = DEEP ? 600_000 : 30_000;
const OPTIONS = { segmentSize: 8192, tailBytes: 256 * 1024, checkpointEvery: 3000 };

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const given = fc.record({ stream: fc.nat(3), events: fc.integer({ min: 1, max: 4 }), bytes: fc.nat(3000) });
type Given = typeof given extends fc.Arbitrary<infer G> ? G : never;

const life = fc.record({
  /** Appends that are acknowledged before the disk stops syncing. */
  before: fc.array(given, { maxLength: 12 }),
  /** Appends under way when it ends. */
  during: fc.array(given, { maxLength: 6 }),
  /** Whether the machine stops, the process is killed, or killed in the middle of a write. */
  end: fc.constantFrom('crash' as const, 'kill' as const, 'kill in a write' as const),
  survivors: fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }),
});
type Life = typeof life extends fc.Arbitrary<infer L> ? L : never;

interface Attempt {
  readonly stream: string;
  readonly expected: number;
  readonly events: ReturnType<typeof proposed>[];
}

/** Someone who appends at exact revisions and, not told how an append ended, sends it again as it was. */
class Appender {
  readonly acknowledged = new Set<string>();
  readonly attempts: string[][] = [];
  private readonly last = new Map<string, number>();
  private open: Attempt[] = [];

  prepare({ stream, events, bytes }: Given): Attempt {
    const name = `s-${stream}`;
    const expected = this.last.get(name) ?? -1;
    this.last.set(name, expected + events);
    const attempt = { stream: name, expected, events: Array.from({ length: events }, () => proposed(bytes)) };
    this.attempts.push(attempt.events.map(({ id }) => id));
    this.open.push(attempt);
    return attempt;
  }

  async send(store: EventStore, attempt: Attempt): Promise<void> {
    const outcome = await append(store, attempt.stream, attempt.events, attempt.expected);
    expect(outcome).toMatchObject({ kind: 'appended', revision: attempt.expected + attempt.events.length });
    for (const { id } of attempt.events) this.acknowledged.add(id);
    this.open = this.open.filter((each) => each !== attempt);
  }

  /** Sends again, in their order, what had no answer. */
  async again(store: EventStore): Promise<void> {
    for (const attempt of [...this.open]) await this.send(store, attempt);
  }
}

const openSound = async (disk: FaultyDisk): Promise<EventStore> => {
  const store = await openEventStore(disk, OPTIONS);
  // to take what was torn for damage would keep the node from writing after every power cut
  expect(store.log.failure).toBeUndefined();
  return store;
};

/** One run of the node; resolves to the disk as the next one finds it. */
const live = async (disk: FaultyDisk, appender: Appender, { before, during, end, survivors }: Life): Promise<FaultyDisk> => {
  const store = await openSound(disk);
  await appender.again(store);
  await Promise.all(before.map((each) => appender.send(store, appender.prepare(each))));
  disk.held = true;
  for (const each of during) void appender.send(store, appender.prepare(each));
  for (let wait = 0; during.length > 0 && disk.writesUnderWay === 0 && wait < 50; wait += 1) await turn();
  // opening relies on it: a torn end is one block, and whatever stands before a block was durable when it was written
  expect(disk.cachedWrites.filter(({ name }) => name.endsWith('.log')).length).toBeLessThanOrEqual(1);
  const survives: Survives = (sector) => survivors[sector % survivors.length] ?? false;
  if (end === 'crash') return disk.crash(survives);
  return end === 'kill' ? disk.kill() : disk.kill(survives);
};

describe('a machine that stops, or a process that is killed, in the middle of a write', () => {
  it(
    'keeps every acknowledged append, whole, and none in part',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 5 }), async (lives) => {
          let disk = new FaultyDisk();
          const appender = new Appender();
          for (const each of lives) disk = await live(disk, appender, each);
          const found = await everything(await openSound(disk));
          const ids = new Set(found.map(({ id }) => id));
          expect(faultsOf(found)).toEqual([]);
          expect([...appender.acknowledged].filter((id) => !ids.has(id))).toEqual([]);
          expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
          const inPart = appender.attempts.filter(
            (attempt) => attempt.some((id) => ids.has(id)) !== attempt.every((id) => ids.has(id)),
          );
          expect(inPart).toEqual([]);
        }),
        { numRuns: RUNS },
      );
    },
    LIMIT_MS,
  );
});
