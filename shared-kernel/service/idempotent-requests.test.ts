import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '@tiketi/local/parts/until.js';
import type { RequestHandler } from 'express';
import { UserId } from '../contracts/ids.js';
import { createAuthenticator } from './authenticate.js';
import { createHttpApp } from './http-app.js';
import { createIdempotentRequests, keyedOf } from './idempotent-requests.js';
import { createMetrics } from './metrics.js';
import { ProblemError } from './problem.js';
import { idempotencyRecordsContract } from './testing/idempotency-records-contract.js';
import { memoryIdempotencyRecords } from './testing/memory-idempotency-records.js';
import { recordingLogger } from './testing/recording-logger.js';
import { type Served, serve } from './testing/serve.js';
import { testIssuer } from './testing/test-issuer.js';

describe('records in memory', () => {
  const records = memoryIdempotencyRecords();
  idempotencyRecordsContract(() => ({ one: records, other: records }));
});

const issuer = testIssuer();
const anna = issuer.token('user', UserId.parse('5f0e0000-0000-4000-8000-000000000001'));
const ben = issuer.token('user', UserId.parse('5f0e0000-0000-4000-8000-000000000002'));

let records: ReturnType<typeof memoryIdempotencyRecords>;
let metrics: ReturnType<typeof createMetrics>;
let handled: number;
let handler: RequestHandler;
let served: Served;

beforeEach(async () => {
  records = memoryIdempotencyRecords();
  metrics = createMetrics('test');
  handled = 0;
  handler = (req, res) => {
    res.status(201).json({ n: handled, wish: req.body, 좌석: '가-1-1' });
  };
  const idempotent = createIdempotentRequests({ records, metrics, renewMs: 10 });
  const { requireUser } = createAuthenticator({ keys: issuer.keys });
  const run: RequestHandler = (req, res, next) => {
    handled += 1;
    return handler(req, res, next);
  };
  const wishOf = (body: unknown): unknown => ({ ...(body as object), token: undefined });
  served = await serve(
    createHttpApp({
      service: 'test',
      logger: recordingLogger().logger,
      metrics,
      routes: (router) => {
        router.post('/things', requireUser, idempotent.once(), run);
        router.post('/others/:id', requireUser, idempotent.once({ passing: [404] }), run);
        router.post('/free', requireUser, idempotent.once({ keyOptional: true }), run);
        router.post('/tokens', requireUser, idempotent.once({ wishOf }), run);
        router.post('/forgotten', requireUser, run);
      },
    }),
  );
});
afterEach(() => served.close());

type Asking = { readonly path?: string; readonly body?: unknown; readonly token?: string; readonly key?: string | null };
const ask = async ({ path = '/things', body = { a: 1 }, token = anna, key = 'key-1' }: Asking = {}) => {
  const response = await fetch(`${served.url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      ...(key === null ? {} : { 'idempotency-key': key }),
    },
    body: JSON.stringify(body),
  });
  const { status, headers } = response;
  const text = await response.text();
  return { status, headers, text, code: /"code":"(\w+)"/.exec(text)?.[1], replayed: headers.get('idempotency-replayed') };
};
const refuse = (status: number, code: string, headers: Record<string, string> = {}) => {
  handler = () => {
    throw new ProblemError(status, code, { headers });
  };
};

/** A handler that waits to be let go. */
const held = () => {
  let letGo = (): void => undefined;
  const gone = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  let entered = (): void => undefined;
  const inside = new Promise<void>((resolve) => {
    entered = resolve;
  });
  handler = async (_req, res) => {
    entered();
    await gone;
    res.status(201).json({ slow: true });
  };
  return { inside, letGo: () => letGo() };
};

describe('a repeat of an answered request', () => {
  it('gets the same bytes, and its handler does not run', async () => {
    const first = await ask();
    const again = await ask();
    expect(first).toMatchObject({ status: 201, replayed: null });
    expect(again).toMatchObject({ status: 201, replayed: 'true', text: first.text });
    expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'));
    expect(handled).toBe(1);
  });

  it('gets a refusal again, with its language and correlation id', async () => {
    refuse(409, 'SEAT_TAKEN');
    const first = await ask();
    const again = await ask();
    expect(first).toMatchObject({ status: 409, code: 'SEAT_TAKEN', replayed: null });
    expect(again).toMatchObject({ status: 409, text: first.text, replayed: 'true' });
    for (const name of ['content-type', 'content-language', 'cache-control'])
      expect(again.headers.get(name)).toBe(first.headers.get(name));
    expect(again.headers.get('x-correlation-id')).not.toBe(first.headers.get('x-correlation-id'));
    expect(handled).toBe(1);
  });

  it('may name the fields of its body in another order, and quote its key', async () => {
    const first = await ask({ body: { a: 1, b: [2] } });
    expect((await ask({ body: { b: [2], a: 1 }, key: '"key-1"' })).text).toBe(first.text);
  });

  it.each([200, 201, 204, 400, 402, 404, 409, 410, 422])('is replayed after %d', async (status) => {
    handler = (_req, res) => {
      res.status(status).send(status === 204 ? '' : '{}');
    };
    await ask();
    expect(await ask()).toMatchObject({ status, replayed: 'true' });
  });

  it.each([202, 401, 403, 408, 425, 429, 500, 503])('is tried once more after %d', async (status) => {
    handler = (_req, res) => {
      res.status(status).json({});
    };
    await ask();
    expect(await ask()).toMatchObject({ status, replayed: null });
    expect(handled).toBe(2);
  });

  it('is tried once more where the answer said when, where it threw, and where the route says so', async () => {
    refuse(409, 'BUSY', { 'retry-after': '1' });
    await ask();
    handler = () => {
      throw new Error('a bug');
    };
    expect((await ask()).status).toBe(500);
    refuse(404, 'NOT_THERE_YET');
    await ask({ path: '/others/1' });
    handler = (_req, res) => {
      res.json({ done: true });
    };
    expect((await ask()).text).toBe('{"done":true}');
    expect((await ask({ path: '/others/1' })).text).toBe('{"done":true}');
  });

  it('is tried once more where the answer is too long to keep, or was never there', async () => {
    handler = (_req, res) => {
      res.json({ long: '가'.repeat(30_000) });
    };
    await ask();
    expect((await ask()).replayed).toBeNull();
    expect(records.texts.size).toBe(0);
  });

  it('finds the answer that its first sender did not wait for', async () => {
    const slow = held();
    const leaving = new AbortController();
    const first = fetch(`${served.url}/things`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${anna}`, 'idempotency-key': 'key-1' },
      body: '{"a":1}',
      signal: leaving.signal,
    });
    await slow.inside;
    leaving.abort();
    await expect(first).rejects.toThrow();
    slow.letGo();
    let again = await ask();
    while (again.code === 'IDEMPOTENCY_KEY_IN_FLIGHT') again = await ask();
    expect(again).toMatchObject({ status: 201, text: '{"slow":true}', replayed: 'true' });
  });
});

describe('a request while the same is under way', () => {
  it('is told to come back, and then finds the answer', async () => {
    const slow = held();
    const first = ask();
    await slow.inside;
    const meanwhile = await Promise.all(Array.from({ length: 20 }, () => ask()));
    expect(new Set(meanwhile.map(({ status, code }) => `${status} ${code}`))).toEqual(new Set(['409 IDEMPOTENCY_KEY_IN_FLIGHT']));
    expect(meanwhile[0]?.headers.get('retry-after')).toBe('1');
    slow.letGo();
    const { text } = await first;
    expect(await ask()).toMatchObject({ status: 201, text, replayed: 'true' });
    expect(handled).toBe(1);
  });

  it('keeps its key for as long as it takes, and no longer', async () => {
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    handler = async (_req, res) => {
      await held;
      res.json({});
    };
    const slow = ask();
    await until(async () => records.renewed.length >= 2, { deadline: 5000, what: 'the claim to be renewed twice' });
    letGo();
    await slow;
    const { length } = records.renewed;
    await ask({ key: 'another' });
    await until(async () => records.texts.size === 2, { deadline: 5000, what: 'both answers to be kept' });
    expect(records.renewed.length).toBe(length);
  });

  it('is refused at once where it asks for something else', async () => {
    const slow = held();
    const first = ask();
    await slow.inside;
    expect(await ask({ body: { a: 2 } })).toMatchObject({ status: 422, code: 'IDEMPOTENCY_KEY_REUSED' });
    slow.letGo();
    await first;
  });
});

describe('a key', () => {
  it('stands for one request: another body is refused, and changes nothing', async () => {
    const first = await ask();
    expect(await ask({ body: { a: 2 } })).toMatchObject({ status: 422, code: 'IDEMPOTENCY_KEY_REUSED', replayed: null });
    expect((await ask()).text).toBe(first.text);
    expect(handled).toBe(1);
  });

  it('is one person’s own, and another one at every path', async () => {
    await ask();
    for (const other of [
      { token: ben },
      { path: '/others/1' },
      { path: '/others/2' },
      { key: 'key-2' },
      { token: ben, path: '/free' },
    ])
      expect(await ask(other)).toMatchObject({ status: 201, replayed: null });
    expect(handled).toBe(6);
  });

  it('must be there, unless the route says otherwise', async () => {
    expect(await ask({ key: null })).toMatchObject({ status: 400, code: 'IDEMPOTENCY_KEY_MISSING' });
    expect(await ask({ key: 'a b' })).toMatchObject({ status: 400, code: 'IDEMPOTENCY_KEY_INVALID' });
    expect(handled).toBe(0);
    await ask({ key: null, path: '/free' });
    await ask({ key: null, path: '/free' });
    expect(handled).toBe(2);
    expect(await ask({ key: 'a b', path: '/free' })).toMatchObject({ status: 400, code: 'IDEMPOTENCY_KEY_INVALID' });
    await ask({ path: '/free' });
    expect((await ask({ path: '/free' })).replayed).toBe('true');
  });

  it('covers what the route calls the wish', async () => {
    const first = await ask({ path: '/tokens', body: { a: 1, token: 'old' } });
    expect(await ask({ path: '/tokens', body: { a: 1, token: 'new' } })).toMatchObject({ text: first.text, replayed: 'true' });
    expect((await ask({ path: '/tokens', body: { a: 2, token: 'old' } })).status).toBe(422);
  });

  it('is told to the handler with the fingerprint of the wish', async () => {
    handler = (req, res) => {
      res.json(keyedOf(req));
    };
    const told = await ask({ key: '"quoted"' });
    expect(JSON.parse(told.text)).toEqual({ key: 'quoted', fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(await ask({ path: '/free', key: null })).toMatchObject({ status: 400, code: 'IDEMPOTENCY_KEY_MISSING' });
    expect(await ask({ path: '/forgotten' })).toMatchObject({ status: 400, code: 'IDEMPOTENCY_KEY_MISSING' });
  });

  it('is nowhere to be read in what is kept, nor is its owner or the body', async () => {
    await ask({ key: 'secret-key', body: { account: '110-123-456789' }, path: '/free' });
    handler = (_req, res) => {
      res.status(409).json({});
    };
    await ask({ key: 'secret-key', body: { account: '110-123-456789' } });
    const names = [...records.texts.keys()].join();
    expect(names).not.toMatch(/secret|5f0e/);
    expect([...records.texts.values()].at(-1)).not.toMatch(/secret|5f0e|110/);
  });
});

describe('records that are away', () => {
  const never = () => new Promise<void>(() => undefined);

  it('fail no request', async () => {
    records.trouble(() => Promise.reject(new Error('away')));
    expect([await ask(), await ask()]).toMatchObject([{ status: 201 }, { status: 201, replayed: null }]);
    expect(handled).toBe(2);
  });

  it('hold no request up for long, and after some nobody waits for them', async () => {
    records.trouble(never);
    for (const key of ['1', '2', '3', '4', '5', '6']) expect((await ask({ key })).status).toBe(201);
    expect(handled).toBe(6);
    const told = await metrics.registry.getSingleMetricAsString('idempotency_outcomes_total');
    expect(told).toMatch(/outcome="unavailable".* 6$/m);
  });

  it('leave no claim behind when they answer after all', async () => {
    let answer = (): void => undefined;
    records.trouble(() => new Promise((resolve) => (answer = resolve)));
    expect((await ask()).status).toBe(201);
    records.trouble(async () => undefined);
    answer();
    while (records.texts.size > 0) await new Promise(setImmediate);
    await ask();
    expect((await ask()).replayed).toBe('true');
  });

  it('that break after the claim lose the answer and nothing else', async () => {
    handler = (_req, res) => {
      records.trouble(() => Promise.reject(new Error('away')));
      res.status(201).json({});
    };
    expect((await ask()).status).toBe(201);
  });

  it('that hold what nobody can read are passed by', async () => {
    await ask();
    for (const name of records.texts.keys()) records.texts.set(name, '{"not": "ours"}');
    expect(await ask()).toMatchObject({ status: 201, replayed: null });
  });

  it('may be none at all', async () => {
    const { requireUser } = createAuthenticator({ keys: issuer.keys });
    const idempotent = createIdempotentRequests({ records: undefined });
    const logger = recordingLogger().logger;
    const alone = await serve(
      createHttpApp({
        ...{ service: 'test', logger, metrics: createMetrics('test') },
        routes: (router) => router.post('/things', requireUser, idempotent.once(), (req, res) => void res.json(keyedOf(req))),
      }),
    );
    const response = await fetch(`${alone.url}/things`, {
      method: 'POST',
      headers: { authorization: `Bearer ${anna}`, 'idempotency-key': 'k' },
    });
    expect(await response.json()).toMatchObject({ key: 'k' });
    await alone.close();
  });
});
