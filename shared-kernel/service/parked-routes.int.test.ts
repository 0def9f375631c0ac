import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import { until } from '@tiketi/local/parts/until.js';
import { sql } from 'kysely';
import type { Role } from '../contracts/events/user.js';
import { ParkedList, Replay } from '../contracts/http/operations.js';
import { type EffectWorker, startEffectWorker } from '../event-sourcing/consumers/effect-worker.js';
import { addEffects } from '../event-sourcing/consumers/effects.js';
import { createParkedWork } from '../event-sourcing/consumers/parked-work.js';
import { type RunningConsumers, startConsumers } from '../event-sourcing/consumers/runtime.js';
import { openConsumerDatabase, quiet } from '../event-sourcing/consumers/testing/harness.js';
import { createMemoryLog, type MemoryLog } from '../event-sourcing/consumers/testing/memory-log.js';
import { noteConsumer } from '../event-sourcing/consumers/testing/notes.js';
import { createAuthenticator } from './authenticate.js';
import { createHttpApp } from './http-app.js';
import { createMetrics, type Metrics } from './metrics.js';
import { parkedRoutes } from './parked-routes.js';
import { type RecordingLogger, recordingLogger } from './testing/recording-logger.js';
import { type Served, serve } from './testing/serve.js';
import { testIssuer } from './testing/test-issuer.js';
import { watchProcess } from './watch-process.js';

const issuer = testIssuer();
const operator = issuer.token('operator');
const BASE = '/api/admin/parked/payment';

let database: TestDatabase;
let opened: Awaited<ReturnType<typeof openConsumerDatabase>>;
let log: MemoryLog;
let faults: { mended: boolean };
let worker: EffectWorker;
let running: RunningConsumers;
let recorded: RecordingLogger;
let metrics: Metrics;
let served: Served;
/** Keys whose effect fails, with the reason. */
let broken: Map<string, string>;

let keepAlive: TestDatabase;
beforeAll(async () => {
  keepAlive = await testDatabase();
}, 60_000);
afterAll(() => keepAlive.close());

beforeEach(async () => {
  database = await testDatabase();
  opened = await openConsumerDatabase(database.url);
  const { db, schema } = opened;
  log = createMemoryLog();
  faults = { mended: false };
  broken = new Map();
  recorded = recordingLogger();
  metrics = createMetrics('payment');
  const consumers = [noteConsumer('notes', schema, { faults }), noteConsumer('copies', schema, { faults })];
  worker = startEffectWorker({
    db,
    schema,
    handlers: {
      do: async ({ key }) => {
        const reason = broken.get(key);
        if (reason !== undefined) throw new Error(reason);
        return 'done';
      },
    },
    logger: quiet,
    maxAttempts: 3,
    backoff: { firstMs: 1, mostMs: 2 },
  });
  running = startConsumers({ store: log, db, schema, consumers, logger: quiet, leaseMs: 1_000, heartbeatMs: false });
  watchProcess(metrics, db, schema, running);
  const ports = {
    parked: createParkedWork({ db, schema, consumers, worker }),
    authenticator: createAuthenticator({ keys: issuer.keys }),
    limit: (_req: unknown, _res: unknown, next: () => void) => next(),
    logger: recorded.logger,
  };
  served = await serve(
    createHttpApp({ service: 'payment', logger: recorded.logger, metrics, routes: parkedRoutes('payment', ports) }),
  );
});

afterEach(async () => {
  await served.close();
  await Promise.all([worker.stop(), running.stop()]);
  await opened.db.destroy();
  await database.close();
});

const ask = (method: 'GET' | 'POST', path: string, token: string | undefined = operator) =>
  fetch(`${served.url}${BASE}${path}`, { method, headers: token === '' ? {} : { authorization: `Bearer ${token}` } });
const list = async () => ParkedList.parse(await (await ask('GET', '')).json()).items;
const post = async (path: string) => Replay.parse(await (await ask('POST', path)).json());
const replay = (id: string) => post(`/${encodeURIComponent(id)}/replay`);
const metric = async (line: string) =>
  (await metrics.registry.metrics()).split('\n').find((one) => one.startsWith(line)) ?? 'none';

const effect = (key: string) => ({
  ...{ id: `do:${key}`, key, kind: 'do', dueAt: new Date(), payload: {} },
  ...{ correlationId: key, causationId: key },
});
const addBroken = async (reasons: Readonly<Record<string, string>>) => {
  for (const [key, reason] of Object.entries(reasons)) broken.set(key, reason);
  await addEffects(opened.db, opened.schema, Object.keys(reasons).map(effect));
  worker.wake();
  const parkedNow = async () => (await list()).length === broken.size;
  await until(parkedNow, { deadline: 10_000, every: 20, what: 'the effects to be set aside' });
};
const note = (key: string, text: string) => log.put(`note-${key}`, 'Noted', { key, text });
const read = async (commit: bigint) => {
  for (const name of ['notes', 'copies']) expect(await running.waitFor(name, commit, 5_000)).toBe(true);
};
const texts = async (consumer: string) => (await opened.notes.of(consumer)).map(({ text }) => text);

describe('an effect that was set aside', () => {
  it('is shown without what looks personal, tried once more, set aside for a newer reason, and done once its cause is mended', async () => {
    await addBroken({ a: 'kim@example.com is not known' });
    expect(await list()).toEqual([
      {
        ...{ id: 'effect:do:a', kind: 'effect', consumer: null, type: 'do', key: 'a', stream: null },
        ...{ reason: 'Error: [redacted] is not known', attempts: 3, waiting: 0, since: expect.any(String) },
      },
    ]);
    expect(await metric('effects_parked{kind="do"')).toMatch(/ 1$/);

    broken.set('a', 'still not');
    expect(await replay('effect:do:a')).toEqual({ status: 'parked', replayed: 0, remaining: 1, reason: 'Error: still not' });
    expect(await list()).toMatchObject([{ id: 'effect:do:a', reason: 'Error: still not', attempts: 4 }]);

    broken.clear();
    expect(await replay('effect:do:a')).toEqual({ status: 'done', replayed: 1, remaining: 0, reason: null });
    expect(await list()).toEqual([]);
    expect(await metric('effects_parked')).toBe('none');
    expect((await ask('POST', `/${encodeURIComponent('effect:do:a')}/replay`)).status).toBe(404);
  });

  it('that nothing of this release does any more stays to be seen', async () => {
    await addEffects(opened.db, opened.schema, [{ ...effect('z'), kind: 'gone' }]);
    await sql`UPDATE runtime.effect SET parked_at = now(), last_error = 'once'`.execute(opened.db);
    const answer = { status: 'parked', replayed: 0, remaining: 1, reason: 'nothing here does gone' };
    expect(await replay('effect:do:z')).toEqual(answer);
    expect(await post('/replay-all')).toEqual(answer);
    expect(await list()).toMatchObject([{ id: 'effect:do:z', type: 'gone', reason: 'once' }]);
  });
});

describe('an event that was set aside', () => {
  it('is shown with what waits behind it, stays with a newer reason when it fails again, and goes first when it is mended', async () => {
    note('bad', 'poison');
    note('good', '1');
    const behind = note('bad', 'after');
    await read(behind.position.commit);
    const found = await list();
    expect(found.map(({ consumer }) => consumer).sort()).toEqual(['copies', 'notes']);
    const item = found.find(({ consumer }) => consumer === 'notes');
    expect(item).toMatchObject({ kind: 'event', type: 'Noted', key: 'bad', stream: 'note-bad@0', attempts: 1, waiting: 1 });
    expect(item?.reason).toContain('division by zero');
    expect(await metric('consumer_parked_keys{consumer="notes"')).toMatch(/ 1$/);

    const id = item?.id ?? '';
    expect(await replay(id)).toMatchObject({ status: 'parked', replayed: 0, remaining: 2 });
    expect((await list()).find((one) => one.id === id)).toMatchObject({ attempts: 2, waiting: 1 });

    faults.mended = true;
    expect(await replay(id)).toEqual({ status: 'done', replayed: 2, remaining: 0, reason: null });
    expect(await metric('consumer_parked_keys{consumer="notes"')).toMatch(/ 0$/);
    expect(await metric('consumer_parked_keys{consumer="copies"')).toMatch(/ 1$/);
    await read(note('bad', 'free').position.commit);
    expect(await texts('notes')).toEqual(['1', 'poison', 'after', 'free']);
    expect(await texts('copies')).toEqual(['1']);
  });

  it('lets all that waits behind follow, however much, up to the next that fails', async () => {
    note('bad', 'poison');
    for (let i = 0; i < 300; i += 1) note('bad', `${i}`);
    note('bad', 'throw');
    await read(note('bad', 'last').position.commit);
    const head = (await list()).find(({ consumer }) => consumer === 'notes');
    expect(head).toMatchObject({ waiting: 302 });
    await sql`UPDATE runtime.parked SET data = '{"key":"bad","text":"mended"}' WHERE data LIKE '%poison%'`.execute(opened.db);
    const stuck = await replay(head?.id ?? '');
    expect(stuck).toMatchObject({ status: 'parked', replayed: 301, remaining: 2 });
    expect(stuck.reason).toContain('cannot read this');
    faults.mended = true;
    const next = (await list()).find(({ consumer }) => consumer === 'notes');
    expect(next).toMatchObject({ attempts: 2, waiting: 1 });
    expect(await replay(next?.id ?? '')).toMatchObject({ status: 'done', replayed: 2 });
    const numbers = Array.from({ length: 300 }, (_, i) => `${i}`);
    expect(await texts('notes')).toEqual(['mended', ...numbers, 'throw', 'last']);
  });

  it('that names no key takes along, in order, what waited behind its stream, and nothing of it goes before', async () => {
    // a consumer that cannot read it knows its stream only; the key is seen in the event behind it
    log.put('note-b', 'Noted', undefined, 'no metadata');
    const behind = note('b', 'behind the stream');
    await read(behind.position.commit);
    const ofNotes = (await list()).filter(({ consumer }) => consumer === 'notes');
    expect(ofNotes.map(({ key, reason }) => [key, reason.slice(0, 20)])).toEqual([
      ['stream:note-b', expect.any(String)],
      ['b', 'behind parked stream'],
    ]);
    const [first, second] = ofNotes.map(({ id }) => id);
    expect(await replay(second ?? '')).toMatchObject({
      status: 'parked',
      replayed: 0,
      reason: 'behind parked stream:note-b',
    });
    // the cause is mended: what could not be read now can
    const metadata = JSON.stringify(behind.metadata);
    await sql`UPDATE runtime.parked SET data = '{"key":"b","text":"first"}', metadata = ${metadata}
      WHERE key = 'stream:note-b'`.execute(opened.db);
    expect(await replay(first ?? '')).toEqual({ status: 'done', replayed: 2, remaining: 0, reason: null });
    expect(await texts('notes')).toEqual(['first', 'behind the stream']);
  });
});

describe('replay-all', () => {
  it('tries everything once, says what is left, and again does the rest', async () => {
    note('bad', 'poison');
    await read(note('bad', 'after').position.commit);
    broken.set('x', 'no');
    broken.set('y', 'no');
    await addEffects(opened.db, opened.schema, ['x', 'y'].map(effect));
    worker.wake();
    await until(async () => (await list()).length === 4, { deadline: 10_000, every: 20, what: 'all to be set aside' });
    broken.delete('x');
    expect(await post('/replay-all')).toMatchObject({ status: 'parked', replayed: 1, remaining: 5 });
    broken.clear();
    faults.mended = true;
    expect(await post('/replay-all')).toEqual({ status: 'done', replayed: 5, remaining: 0, reason: null });
    expect(await list()).toEqual([]);
    expect(await texts('notes')).toEqual(['poison', 'after']);
    expect(await post('/replay-all')).toEqual({ status: 'done', replayed: 0, remaining: 0, reason: null });
  });
});

describe('who may', () => {
  const roles: readonly [Role, number][] = [
    ...(['user', 'analyst', 'auditor'] as const).map((role): [Role, number] => [role, 403]),
    ...(['operator', 'admin'] as const).map((role): [Role, number] => [role, 200]),
  ];
  it.each(roles)('%s: %i', async (role, status) => {
    const token = issuer.token(role);
    const answers = await Promise.all([ask('GET', '', token), ask('POST', '/replay-all', token)]);
    expect(answers.map((answer) => answer.status)).toEqual([status, status]);
    const one = await ask('POST', '/effect:none/replay', token);
    expect(one.status).toBe(status === 200 ? 404 : status);
  });

  it('asks nobody in without a token, and refuses what it does not know', async () => {
    expect((await ask('GET', '', '')).status).toBe(401);
    expect((await ask('POST', '/replay-all', '')).status).toBe(401);
    expect((await ask('GET', '?limit=0')).status).toBe(400);
    expect((await ask('GET', '?else=1')).status).toBe(400);
    for (const id of ['nothing', 'event:notes', 'event:nobody:1', 'effect:']) {
      expect((await ask('POST', `/${encodeURIComponent(id)}/replay`)).status).toBe(404);
    }
  });

  it('says in the log who tried what', async () => {
    await addBroken({ a: 'no' });
    broken.clear();
    await replay('effect:do:a');
    const lines = recorded.lines().filter(({ audit }) => audit !== undefined);
    expect(lines).toEqual([
      expect.objectContaining({
        ...{ audit: 'parked-replay', part: 'payment', id: 'effect:do:a', status: 'done', replayed: 1 },
        actor: expect.stringMatching(/^[0-9a-f-]{36}$/),
      }),
    ]);
  });

  it('lists no more than was asked for and says so', async () => {
    await addBroken({ a: 'no', b: 'no', c: 'no' });
    const { items, more } = ParkedList.parse(await (await ask('GET', '?limit=2')).json());
    expect([items.length, more]).toEqual([2, true]);
  });
});
