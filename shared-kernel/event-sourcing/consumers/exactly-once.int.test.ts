import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import { until } from '@tiketi/local/parts/until.js';
import fc from 'fast-check';
import { type Kysely, sql } from 'kysely';
import { listParked } from './parked.js';
import { type RunningConsumers, startConsumers } from './runtime.js';
import { connectForgetful } from './testing/forgetful.js';
import { breakConnections, openConsumerDatabase, quiet } from './testing/harness.js';
import { createMemoryLog } from './testing/memory-log.js';
import { noteConsumer } from './testing/notes.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
}, 60_000);
afterAll(() => database.close());

const deep = process.env.TIKETI_DEEP === '1';
const keys = ['a', 'b', 'c', 'd'] as const;
const step = fc.oneof(
  { weight: 30, arbitrary: fc.record({ do: fc.constant('note' as const), key: fc.constantFrom(...keys) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('poison' as const), key: fc.constantFrom(...keys) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('burst' as const), size: fc.integer({ min: 10, max: 200 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('breakDatabase' as const), who: fc.constantFrom(0, 1) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('loseCommit' as const), who: fc.constantFrom(0, 1) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('breakSubscription' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('freezeSubscription' as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('steal' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('restart' as const), who: fc.constantFrom(0, 1) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('replay' as const), key: fc.constantFrom(...keys) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('settle' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** As if the holder had slept too long: the next to look takes the leases, while the holder believes in them still. */
const stealLeases = <DB>(db: Kysely<DB>, schema: string) =>
  sql`UPDATE ${sql.id(schema, 'lease')} SET holder = 'nobody', expires_at = clock_timestamp()`.execute(db);

let schemas = 0;

/** Plays the faults, lets everything heal, and answers what was written against what should have been. */
const play = async (steps: readonly Step[]) => {
  schemas += 1;
  const schema = `chaos_${schemas}`;
  const opened = await openConsumerDatabase(database.url, schema);
  const log = createMemoryLog();
  const databases = [0, 1].map((who) => connectForgetful(database.url, `${schema}_${who}`));
  const faults = { mended: false, hang: () => new Promise<void>((resolve) => setTimeout(resolve, 2)) };
  const begin = (who: number): RunningConsumers => {
    const db = databases[who]?.db;
    if (db === undefined) throw new Error(`no database ${who}`);
    const consumers = [noteConsumer('notes', schema, { faults }), noteConsumer('others', schema, { faults })];
    return startConsumers({
      store: log,
      db,
      schema,
      consumers,
      logger: quiet,
      leaseMs: 400,
      heartbeatMs: 100,
      flushMs: 5,
      batchSize: 20,
    });
  };
  const running = [begin(0), begin(1)];
  let count = 0;
  const note = (key: string, text = `${count}`) => {
    count += 1;
    return log.put(`note-${key}`, 'Noted', { key, text });
  };
  const reached = (commit: bigint) =>
    until(
      async () => {
        const waits = running.flatMap((r) => ['notes', 'others'].map((name) => [name, r.waitFor(name, commit, 50)] as const));
        const done = new Set<string>();
        for (const [name, wait] of waits) if (await wait) done.add(name);
        return done.size === 2;
      },
      { deadline: 20_000, what: 'both consumers' },
    );

  const act = async (s: Step) => {
    if (s.do === 'note') note(s.key);
    else if (s.do === 'poison') note(s.key, 'poison');
    else if (s.do === 'burst') for (let n = 0; n < s.size; n += 1) note(keys[n % keys.length] ?? 'a');
    else if (s.do === 'breakDatabase') await breakConnections(opened.db, `${schema}_${s.who}`);
    else if (s.do === 'loseCommit') databases[s.who]?.loseNextCommit();
    else if (s.do === 'breakSubscription') log.breakSubscriptions();
    else if (s.do === 'freezeSubscription') log.freezeSubscriptions();
    else if (s.do === 'steal') await stealLeases(opened.db, schema);
    else if (s.do === 'restart') {
      await running[s.who]?.stop();
      running[s.who] = begin(s.who);
    } else if (s.do === 'replay') await running[0]?.replayParked('notes', s.key).catch(() => undefined);
    else await reached(log.events().at(-1)?.position.commit ?? 0n);
  };
  try {
    for (const s of steps) await act(s);
    await reached(note('a', 'end').position.commit);
    faults.mended = true;
    const replayAll = async (name: string) => {
      for (const key of keys) await running[1]?.replayParked(name, key).catch(() => undefined);
      return (await listParked(opened.db, schema, name)).length === 0;
    };
    for (const name of ['notes', 'others']) await until(() => replayAll(name), { deadline: 10_000, what: 'parked events' });
    await reached(note('b', 'after the replay').position.commit);
    const written = [...(await opened.notes.of('notes')), ...(await opened.notes.of('others'))];
    const byKey = (rows: readonly { key: string; commit_position: string }[]) =>
      keys.map((key) => rows.filter((row) => row.key === key).map((row) => row.commit_position));
    const noted = log.events().flatMap((e) => {
      const key = e.type === 'Noted' ? e.stream.slice('note-'.length) : undefined;
      return key === undefined ? [] : [{ key, commit_position: e.position.commit.toString() }];
    });
    return { written: byKey(written), expected: byKey([...noted, ...noted]) };
  } finally {
    await Promise.all(running.map((r) => r.stop()));
    await Promise.all([...databases.map((d) => d.db), opened.db].map((db) => db.destroy()));
  }
};

it('two processes apply every event exactly once and in the order of its key, whatever breaks', async () => {
  const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }), async (steps) => {
    const { written, expected } = await play(steps);
    expect(written).toEqual(expected);
  });
  await fc.assert(property, { numRuns: deep ? 60 : 6, endOnFailure: true });
}, 600_000);
