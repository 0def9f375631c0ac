import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type RunningRedis, startRedis } from '@tiketi/local/parts/redis.js';
import { until } from '@tiketi/local/parts/until.js';
import type { Request, Response, Router } from 'express';
import type { Redis } from 'ioredis';
import { UserId } from '../contracts/ids.js';
import { createAuthenticator } from './authenticate.js';
import { createHttpApp } from './http-app.js';
import { redisIdempotencyRecords } from './idempotency-redis.js';
import { createIdempotentRequests } from './idempotent-requests.js';
import { createMetrics } from './metrics.js';
import { ProblemError } from './problem.js';
import { connectRedis } from './redis.js';
import { idempotencyRecordsContract } from './testing/idempotency-records-contract.js';
import { recordingLogger } from './testing/recording-logger.js';
import { serve } from './testing/serve.js';
import { testIssuer } from './testing/test-issuer.js';

let directory: string;
let server: RunningRedis;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'tiketi-idempotency-'));
  server = await startRedis({ directory, fast: true });
}, 120_000);
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

const connect = async (): Promise<Redis> => {
  const redis = connectRedis(server.url, recordingLogger().logger);
  await once(redis, 'ready');
  return redis;
};

describe('records in Redis', () => {
  let one: Redis;
  let other: Redis;
  beforeAll(async () => {
    [one, other] = await Promise.all([connect(), connect()]);
  });
  afterAll(() => {
    one.disconnect();
    other.disconnect();
  });
  const lease = { leaseMs: 60_000 };
  idempotencyRecordsContract(() => ({
    one: redisIdempotencyRecords(one, lease),
    other: redisIdempotencyRecords(other, lease),
  }));

  it('forgets a claim after its lease, and an answer after a day', async () => {
    const records = redisIdempotencyRecords(one, { leaseMs: 500 });
    expect(await records.claim('leased', 'mine')).toBeNull();
    expect(await records.claim('leased', 'theirs')).toBe('mine');
    await until(async () => (await records.claim('leased', 'theirs')) === null, {
      ...{ deadline: 5000, every: 10, what: 'the lease to end' },
    });
    expect(await records.claim('lively', 'mine')).toBeNull();
    for (const begun = performance.now(); performance.now() - begun < 1500; ) await records.renew('lively', 'mine');
    expect(await records.claim('lively', 'theirs')).toBe('mine');
    await records.keep('leased', 'answer');
    const [key = ''] = await one.keys('idem:leased');
    expect(await one.pttl(key)).toBeGreaterThan(86_390_000);
    expect(await one.pttl(key)).toBeLessThanOrEqual(86_400_000);
  });
});

const issuer = testIssuer();
const anna = issuer.token('user', UserId.parse('5f0e0000-0000-4000-8000-000000000001'));
const ben = issuer.token('user', UserId.parse('5f0e0000-0000-4000-8000-000000000002'));

type Handle = (req: Request, res: Response) => void | Promise<void>;
let handle: Handle;
let handled: number;

const closings: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closings.splice(0).map((close) => close()));
});

/** Patient by default: how busy the machine is must not decide what is tried here. */
const replica = async ({ leaseMs = 60_000, patienceMs = 20_000 } = {}) => {
  const redis = await connect();
  const idempotent = createIdempotentRequests({ records: redisIdempotencyRecords(redis, { leaseMs }), patienceMs });
  const { requireUser } = createAuthenticator({ keys: issuer.keys });
  const routes = (router: Router): void => {
    router.post('/things', requireUser, idempotent.once(), async (req, res) => {
      handled += 1;
      await handle(req, res);
    });
  };
  const app = createHttpApp({ service: 'test', logger: recordingLogger().logger, metrics: createMetrics('test'), routes });
  const served = await serve(app);
  const ask = async ({ key = 'key', token = anna, body = '{"a":1}' } = {}) => {
    const response = await fetch(`${served.url}/things`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, 'idempotency-key': key },
      body,
    });
    const { status, headers } = response;
    const bytes = Buffer.from(await response.arrayBuffer());
    const code = /"code":"(\w+)"/.exec(bytes.toString())?.[1];
    return { status, bytes, code, type: headers.get('content-type'), replayed: headers.get('idempotency-replayed') };
  };
  closings.push(async () => {
    redis.disconnect();
    await served.close();
  });
  return { ask, redis };
};

/** A handler that stays where it is until it is let go. */
const holdUp = (then: Handle) => {
  const doors: (() => void)[] = [];
  handle = async (req, res) => {
    await new Promise<void>((resolve) => doors.push(resolve));
    await then(req, res);
  };
  const options = { deadline: 5000, every: 5, what: 'the handler to be reached' };
  return {
    reached: (times = 1) => until(async () => doors.length >= times, options),
    letGo: () => {
      for (const open of doors) open();
    },
  };
};
const created: Handle = (_req, res) => void res.status(201).json({ id: handled, seat: '가-1-1' });

describe('two replicas on one Redis', () => {
  let one: Awaited<ReturnType<typeof replica>>;
  let two: typeof one;
  beforeEach(async () => {
    [one, two] = await Promise.all([replica(), replica()]);
    await one.redis.flushall();
    handled = 0;
    handle = created;
  });

  it('give a repeat the very bytes of the first answer', async () => {
    const first = await one.ask();
    expect(first).toMatchObject({ status: 201, replayed: null });
    expect(await two.ask()).toEqual({ ...first, replayed: 'true' });
    expect(await one.ask()).toEqual({ ...first, replayed: 'true' });
    expect(handled).toBe(1);
  });

  it('give a refusal again', async () => {
    handle = () => {
      throw new ProblemError(409, 'SEAT_TAKEN');
    };
    const first = await one.ask();
    handle = created;
    expect(await two.ask()).toEqual({ ...first, status: 409, code: 'SEAT_TAKEN', replayed: 'true' });
  });

  it('tell a repeat of what the other is doing to come back, and another wish that its key is taken', async () => {
    const slow = holdUp(created);
    const first = one.ask();
    await slow.reached();
    expect(await two.ask()).toMatchObject({ status: 409, code: 'IDEMPOTENCY_KEY_IN_FLIGHT' });
    expect(await two.ask({ body: '{"a":2}' })).toMatchObject({ status: 422, code: 'IDEMPOTENCY_KEY_REUSED' });
    slow.letGo();
    expect(await two.ask().then(async (told) => (told.code === undefined ? told : (await first) && two.ask()))).toEqual({
      ...(await first),
      replayed: 'true',
    });
    expect(await two.ask({ body: '{"a":2}' })).toMatchObject({ status: 422, code: 'IDEMPOTENCY_KEY_REUSED' });
    expect(handled).toBe(1);
  });

  it('handle one of a hundred at once', async () => {
    const slow = holdUp(created);
    const all = Promise.all(Array.from({ length: 100 }, (_, n) => (n % 2 === 0 ? one : two).ask()));
    await slow.reached();
    // all others are told before the one is let go
    await until(async () => (await one.ask()).code === 'IDEMPOTENCY_KEY_IN_FLIGHT', { deadline: 5000, what: 'all to be told' });
    slow.letGo();
    const statuses = (await all).map(({ status, replayed }) => (replayed === 'true' ? 'replayed' : status));
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409).length + statuses.filter((status) => status === 'replayed').length).toBe(
      99,
    );
    expect(handled).toBe(1);
  });

  it('know nothing of one person’s key when another uses it', async () => {
    const hers = await one.ask();
    const his = await two.ask({ token: ben });
    expect(his).toMatchObject({ status: 201, replayed: null });
    expect(his.bytes).not.toEqual(hers.bytes);
  });

  it('answer a request whose Redis dies under it, and all that come after', async () => {
    const slow = holdUp(created);
    const first = one.ask();
    await slow.reached();
    const lost = Promise.all([once(one.redis, 'close'), once(two.redis, 'close')]);
    await server.stop();
    await lost;
    slow.letGo();
    expect((await first).status).toBe(201);
    handle = created;
    expect(await two.ask()).toMatchObject({ status: 201, replayed: null });
    server = await startRedis({ directory, port: server.port, fast: true });
    await until(async () => one.redis.status === 'ready' && two.redis.status === 'ready', { deadline: 10_000, what: 'Redis' });
    await one.ask();
    expect((await two.ask()).replayed).toBe('true');
  });

  it('do not wait for a Redis that hangs, and are not held up by what it does when it wakes', async () => {
    const hurried = await replica({ patienceMs: 50 });
    process.kill(server.pid, 'SIGSTOP');
    try {
      expect(await hurried.ask()).toMatchObject({ status: 201, replayed: null });
      expect(await hurried.ask({ key: 'other' })).toMatchObject({ status: 201 });
    } finally {
      process.kill(server.pid, 'SIGCONT');
    }
    await until(async () => (await two.redis.dbsize()) === 0, { deadline: 5000, what: 'late claims to be taken back' });
    expect((await two.ask()).status).toBe(201);
    expect((await one.ask()).replayed).toBe('true');
  });
});

describe('a replica that died', () => {
  it('blocks its key no longer than its lease', async () => {
    const [dead, alive] = [await replica({ leaseMs: 1000 }), await replica()];
    const slow = holdUp(created);
    dead.ask({ key: 'dead' }).catch(() => undefined);
    await slow.reached();
    dead.redis.disconnect();
    handle = created;
    const answers = new Set<string>();
    await until(
      async () => {
        const { status, code } = await alive.ask({ key: 'dead' });
        answers.add(code ?? String(status));
        return status === 201;
      },
      { deadline: 5000, every: 20, what: 'the lease to end' },
    );
    expect(answers).toEqual(new Set(['IDEMPOTENCY_KEY_IN_FLIGHT', '201']));
    slow.letGo();
  });
});
