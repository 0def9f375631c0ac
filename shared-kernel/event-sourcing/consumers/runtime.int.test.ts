import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import { until } from '@tiketi/local/parts/until.js';
import { type Kysely, sql } from 'kysely';
import { listParked } from './parked.js';
import { createPositionWait } from './position-wait.js';
import { type RunningConsumers, type StartConsumers, startConsumers } from './runtime.js';
import type { Observation } from './status.js';
import { breakConnections, connect, openConsumerDatabase, quiet } from './testing/harness.js';
import { createMemoryLog, type MemoryLog } from './testing/memory-log.js';
import { noteConsumer } from './testing/notes.js';

let keepAlive: TestDatabase;
let database: TestDatabase;
let opened: Awaited<ReturnType<typeof openConsumerDatabase>>;
let log: MemoryLog;
let running: RunningConsumers[];
let pools: Kysely<unknown>[];
let seen: Observation[];

beforeAll(async () => {
  keepAlive = await testDatabase();
}, 60_000);
afterAll(() => keepAlive.close());

beforeEach(async () => {
  database = await testDatabase();
  opened = await openConsumerDatabase(database.url);
  log = createMemoryLog();
  running = [];
  pools = [];
  seen = [];
});

afterEach(async () => {
  await Promise.all(running.map((r) => r.stop()));
  await Promise.all([opened.db, ...pools].map((db) => db.destroy()));
  await database.close();
});

const start = (consumers: StartConsumers<unknown>['consumers'], more: Partial<StartConsumers<unknown>> = {}) => {
  const started = startConsumers({
    store: log,
    db: opened.db,
    schema: opened.schema,
    consumers,
    logger: quiet,
    leaseMs: 1_000,
    heartbeatMs: false,
    observe: (o) => seen.push(o),
    ...more,
  });
  running.push(started);
  return started;
};

const statusOf = (r: RunningConsumers, name = 'notes') => {
  const found = r.status().find((s) => s.name === name);
  if (found === undefined) throw new Error(`no consumer ${name}`);
  return found;
};
const note = (key: string, text: string) => log.put(`note-${key}`, 'Noted', { key, text });
const texts = async (name = 'notes') => (await opened.notes.of(name)).map((n) => n.text);
const storedPosition = async () => {
  const found = await sql<{ commit_position: string }>`SELECT commit_position FROM runtime.checkpoint`.execute(opened.db);
  return found.rows[0]?.commit_position;
};

describe('consumers', () => {
  it('apply what they handle, move past what they do not, and resume where they stopped', async () => {
    note('a', '1');
    const passed = log.put('note-a', 'SomethingElse', {});
    const first = start([noteConsumer('notes', 'runtime')]);
    expect(await first.waitFor('notes', passed.position.commit, 5_000)).toBe(true);
    expect(await texts()).toEqual(['1']);
    expect(await storedPosition()).toBe(passed.position.commit.toString());
    await first.stop();

    const last = note('a', '2');
    const second = start([noteConsumer('notes', 'runtime')]);
    expect(await second.waitFor('notes', last.position.commit, 5_000)).toBe(true);
    expect(await texts()).toEqual(['1', '2']);
    await until(() => statusOf(second).state === 'live', { deadline: 2_000, what: 'live' });
    expect(statusOf(second)).toMatchObject({ processed: 1, lagMs: 0, queued: 0, position: last.position, head: last.position });
  });

  it('apply an event of their own at once while their position waits to pass those of others', async () => {
    const r = start([noteConsumer('notes', 'runtime')], { flushMs: 3_600_000, gatherMs: 0 });
    const own = note('a', '1');
    expect(await r.waitFor('notes', own.position.commit, 5_000)).toBe(true);
    let passed = log.put('note-a', 'SomethingElse', {});
    for (let n = 0; n < 3; n += 1) passed = log.put('note-a', 'SomethingElse', {});
    expect(await r.waitFor('notes', passed.position.commit, 50)).toBe(false);
    expect(await storedPosition()).toBe(own.position.commit.toString());
    expect(await r.waitFor('notes', note('a', '2').position.commit, 5_000)).toBe(true);
    expect(await texts()).toEqual(['1', '2']);
  });

  it('wait for a position no longer than told, here and in another process', async () => {
    const r = start([noteConsumer('notes', 'runtime')]);
    const elsewhere = createPositionWait({ db: opened.db, schema: 'runtime', name: 'notes', pollMs: 5 });
    const event = note('a', '1');
    expect(await elsewhere(event.position.commit, 5_000)).toBe('reached');
    expect(await elsewhere(event.position.commit, 0)).toBe('reached');
    expect(await elsewhere(event.position.commit + 1n, 30)).toBe('stale');
    expect(await r.waitFor('notes', event.position.commit + 1n, 30)).toBe(false);
  });

  it('set a failing event aside with all behind it, let other keys pass, and replay in order', async () => {
    const faults = { mended: false };
    const r = start([noteConsumer('notes', 'runtime', { faults })]);
    note('a', '1');
    note('bad', 'poison');
    note('b', '2');
    note('bad', 'after');
    const last = note('worse', 'throw');
    expect(await r.waitFor('notes', last.position.commit, 5_000)).toBe(true);
    expect(await texts()).toEqual(['1', '2']);
    const parked = await listParked(opened.db, 'runtime', 'notes');
    expect(parked.map((p) => [p.key, p.reason])).toEqual([
      ['bad', expect.stringContaining('division by zero')],
      ['bad', 'behind parked bad'],
      ['worse', expect.stringContaining('cannot read this')],
    ]);
    expect(statusOf(r).parkedKeys).toBe(2);

    expect(await r.replayParked('notes', 'bad')).toMatchObject({ replayed: 0, remaining: 2 });
    faults.mended = true;
    expect(await r.replayParked('notes', 'bad')).toEqual({ replayed: 2, remaining: 0 });
    const free = note('bad', 'free');
    expect(await r.waitFor('notes', free.position.commit, 5_000)).toBe(true);
    expect(await texts()).toEqual(['1', '2', 'poison', 'after', 'free']);
    expect(statusOf(r).parkedKeys).toBe(1);
  });

  it('remember over a restart which keys are set aside', async () => {
    const r = start([noteConsumer('notes', 'runtime')]);
    const bad = note('bad', 'poison');
    expect(await r.waitFor('notes', bad.position.commit, 5_000)).toBe(true);
    await r.stop();
    const behind = note('bad', 'behind');
    const again = start([noteConsumer('notes', 'runtime')]);
    expect(await again.waitFor('notes', behind.position.commit, 5_000)).toBe(true);
    expect(await texts()).toEqual([]);
  });

  it('park what no schema reads: under its key where one can be seen, else with its whole stream', async () => {
    const r = start([noteConsumer('notes', 'runtime')]);
    log.put('note-a', 'Noted', { key: 'a', text: 7 });
    note('a', 'behind a');
    log.put('note-b', 'Noted', undefined, 'no metadata');
    note('b', 'behind the stream');
    log.put('note-d', 'Noted', { key: 'b', text: 'behind b' });
    log.put('note-e', 'Noted', { key: 'c', text: `with a NUL ${String.fromCharCode(0)}` });
    const last = note('c2', 'fine');
    expect(await r.waitFor('notes', last.position.commit, 5_000)).toBe(true);
    expect(await texts()).toEqual(['fine']);
    const parked = await listParked(opened.db, 'runtime', 'notes');
    expect(parked.map((p) => p.key)).toEqual(['a', 'a', 'stream:note-b', 'b', 'b', 'c']);
    expect(parked.at(-1)?.stored.data).toEqual({ key: 'c', text: 'with a NUL \u0000' });
  });

  it('that add up across keys stop instead, visibly, and keep what came before', async () => {
    const r = start([noteConsumer('sums', 'runtime', { onFailure: 'stop' }), noteConsumer('notes', 'runtime')]);
    note('a', '1');
    note('bad', 'poison');
    const last = note('a', '2');
    expect(await r.waitFor('notes', last.position.commit, 5_000)).toBe(true);
    await until(() => statusOf(r, 'sums').state === 'stopped', { deadline: 5_000, what: 'sums to stop' });
    expect(statusOf(r, 'sums').lastError).toContain('division by zero');
    expect(await texts('sums')).toEqual(['1']);
    expect(await texts('notes')).toEqual(['1', '2']);
    expect(seen.filter((o) => o.kind === 'stopped')).toHaveLength(1);
  });

  it('refuse to go on with rows of another version', async () => {
    const r = start([noteConsumer('notes', 'runtime')]);
    await r.waitFor('notes', note('a', '1').position.commit, 5_000);
    await r.stop();
    const newer = start([noteConsumer('notes', 'runtime', { version: 2 })]);
    await until(() => statusOf(newer).state === 'stopped', { deadline: 5_000, what: 'the newer version to stop' });
  });

  it('wait out an outage of the database without parking anything', async () => {
    const pool = connect(database.url, 6, 'victim');
    pools.push(pool);
    const r = start([noteConsumer('notes', 'runtime')], { db: pool });
    await r.waitFor('notes', note('a', '0').position.commit, 5_000);
    await sql`ALTER TABLE runtime.notes RENAME TO gone`.execute(opened.db);
    note('a', '1');
    await until(() => statusOf(r).state === 'retrying', { deadline: 5_000, what: 'retrying' });
    await sql`ALTER TABLE runtime.gone RENAME TO notes`.execute(opened.db);
    let last = 0n;
    for (let round = 0; round < 5; round += 1) {
      await breakConnections(opened.db, 'victim');
      last = note('a', `more ${round}`).position.commit;
    }
    expect(await r.waitFor('notes', last, 15_000)).toBe(true);
    expect(await texts()).toEqual(['0', '1', 'more 0', 'more 1', 'more 2', 'more 3', 'more 4']);
    expect(await listParked(opened.db, 'runtime', 'notes')).toEqual([]);
  }, 30_000);
});

describe('two processes with the same consumers', () => {
  const applied = async () => (await opened.notes.of('notes')).map((n) => n.commit_position);

  it('let one work and the other take over at once when it stops', async () => {
    const one = start([noteConsumer('notes', 'runtime')]);
    await until(() => statusOf(one).state === 'live', { deadline: 5_000, what: 'the first to be live' });
    const other = start([noteConsumer('notes', 'runtime')]);
    await one.waitFor('notes', note('a', '1').position.commit, 5_000);
    expect(statusOf(other).state).toBe('standby');
    await one.stop();
    expect(await other.waitFor('notes', note('a', '2').position.commit, 5_000)).toBe(true);
    expect(await texts()).toEqual(['1', '2']);
  });

  it('never apply an event twice when one freezes in the middle of a batch and wakes up later', async () => {
    const pool = connect(database.url);
    pools.push(pool);
    const faults: { hang?: (() => Promise<void>) | undefined } = {};
    const one = start([noteConsumer('notes', 'runtime', { faults })], { db: pool });
    await one.waitFor('notes', note('a', '1').position.commit, 5_000);

    let thaw: () => void = () => undefined;
    const frozen = new Promise<void>((resolve) => {
      faults.hang = () =>
        new Promise((wake) => {
          thaw = wake;
          resolve();
        });
    });
    note('a', '2');
    await frozen;
    // a frozen process renews nothing either
    await sql`UPDATE runtime.lease SET holder = 'frozen', epoch = epoch + 1, expires_at = clock_timestamp()`.execute(opened.db);

    const other = start([noteConsumer('notes', 'runtime')]);
    const last = note('a', '3');
    expect(await other.waitFor('notes', last.position.commit, 10_000)).toBe(true);
    faults.hang = undefined;
    thaw();
    const later = note('a', '4');
    expect(await other.waitFor('notes', later.position.commit, 10_000)).toBe(true);
    await until(() => statusOf(one).state === 'standby', { deadline: 10_000, what: 'the frozen one to stand down' });
    expect(await texts()).toEqual(['1', '2', '3', '4']);
    expect(new Set(await applied()).size).toBe(4);
  }, 30_000);
});

describe('the shared subscription', () => {
  it('is opened anew after an error and after silence, and nothing is lost or repeated', async () => {
    const r = start([noteConsumer('notes', 'runtime')], { heartbeatMs: 200 });
    await r.waitFor('notes', note('a', '1').position.commit, 5_000);
    log.breakSubscriptions();
    expect(await r.waitFor('notes', note('a', '2').position.commit, 5_000)).toBe(true);
    log.freezeSubscriptions();
    expect(await r.waitFor('notes', note('a', '3').position.commit, 5_000)).toBe(true);
    expect(await texts()).toEqual(['1', '2', '3']);
    expect(seen.filter((o) => o.kind === 'resubscribed').length).toBeGreaterThanOrEqual(2);
  });

  it('stays open while the log is idle: heartbeats tell idle from dead', async () => {
    const r = start([noteConsumer('notes', 'runtime')], { heartbeatMs: 100 });
    const beats = () => log.events().filter((e) => e.type === 'Heartbeat').length;
    await until(() => beats() >= 4, { deadline: 5_000, what: 'heartbeats' });
    expect(log.subscriptionsOpened()).toBe(1);
    expect(log.events().filter((e) => e.stream === '$$heartbeat')).toHaveLength(1);
    expect(statusOf(r).state).toBe('live');
  });

  it('leaves out streams no consumer reads, and those alone', async () => {
    const r = start([noteConsumer('notes', 'runtime')], { skippedStreams: ['inventory', 'points'] });
    note('a', '1');
    log.put('inventory-1', 'Noted', { key: 'i', text: 'skipped' });
    log.put('points-1', 'Noted', { key: 'p', text: 'skipped' });
    log.put('inventoryless-1', 'Noted', { key: 'i', text: '2' });
    expect(await r.waitFor('notes', note('a', '3').position.commit, 5_000)).toBe(true);
    expect(await texts()).toEqual(['1', '2', '3']);
  });

  it('moves the stored position past a stream of unhandled events, ever more rarely, and at once after a pause', async () => {
    const r = start([noteConsumer('notes', 'runtime')], { flushMs: 5 });
    await r.waitFor('notes', note('a', '1').position.commit, 5_000);
    const moves = new Set<string | undefined>();
    const begun = performance.now();
    while (performance.now() - begun < 600) {
      log.put('note-a', 'SomethingElse', {});
      moves.add(await storedPosition());
    }
    const last = log.put('note-a', 'SomethingElse', {});
    expect(await r.waitFor('notes', last.position.commit, 5_000)).toBe(true);
    // 5, 10, 20, 40, 80, 160 and 320 ms: a move every 5 ms would be a hundred
    expect(moves.size).toBeLessThan(40);
    expect(moves.size).toBeGreaterThan(1);
  });

  it('serves consumers that begin at different places', async () => {
    for (let i = 0; i < 50; i += 1) note(`k${i}`, `${i}`);
    const early = start([noteConsumer('early', 'runtime')]);
    await early.waitFor('early', 5_000n, 5_000);
    await early.stop();
    const both = start([noteConsumer('early', 'runtime'), noteConsumer('late', 'runtime')]);
    const last = note('z', 'last');
    expect(await both.waitFor('late', last.position.commit, 5_000)).toBe(true);
    expect(await both.waitFor('early', last.position.commit, 5_000)).toBe(true);
    expect(await texts('early')).toHaveLength(51);
    expect(await texts('late')).toHaveLength(51);
  });

  it('lets a consumer that gets its lease late catch up beside it and then join', async () => {
    for (let i = 0; i < 50; i += 1) note(`k${i}`, `${i}`);
    await sql`INSERT INTO runtime.lease VALUES ('late', 'someone', 1, clock_timestamp() + interval '1 second')`.execute(
      opened.db,
    );
    const both = start([noteConsumer('early', 'runtime'), noteConsumer('late', 'runtime')]);
    expect(await both.waitFor('early', 5_000n, 5_000)).toBe(true);
    expect(statusOf(both, 'late').state).toBe('standby');
    expect(await both.waitFor('late', 5_000n, 5_000)).toBe(true);
    const last = note('z', 'last');
    expect(await both.waitFor('late', last.position.commit, 5_000)).toBe(true);
    expect(await both.waitFor('early', last.position.commit, 5_000)).toBe(true);
    expect(await texts('late')).toHaveLength(51);
    expect(await texts('early')).toHaveLength(51);
    expect(log.subscriptionsOpened()).toBe(2);
  });
});
