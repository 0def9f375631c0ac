import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import { until } from '@tiketi/local/parts/until.js';
import { OrderId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { pointsStream } from '@tiketi/shared-kernel/contracts/streams.js';
import { type EffectWorker, startEffectWorker } from '@tiketi/shared-kernel/event-sourcing/consumers/effect-worker.js';
import { type RunningConsumers, startConsumers } from '@tiketi/shared-kernel/event-sourcing/consumers/runtime.js';
import { migrateConsumerTables } from '@tiketi/shared-kernel/event-sourcing/consumers/tables.js';
import { createModelStore } from '@tiketi/shared-kernel/event-sourcing/testing/model-store.js';
import { createAuthenticator } from '@tiketi/shared-kernel/service/authenticate.js';
import { createDatabase, runMigrations } from '@tiketi/shared-kernel/service/database.js';
import { createHttpApp } from '@tiketi/shared-kernel/service/http-app.js';
import { createIdempotentRequests } from '@tiketi/shared-kernel/service/idempotent-requests.js';
import { createMetrics } from '@tiketi/shared-kernel/service/metrics.js';
import { recordingLogger } from '@tiketi/shared-kernel/service/testing/recording-logger.js';
import { type Served, serve } from '@tiketi/shared-kernel/service/testing/serve.js';
import { testIssuer } from '@tiketi/shared-kernel/service/testing/test-issuer.js';
import type { Kysely } from 'kysely';
import { createCharging } from '../charging.js';
import type { Payments } from '../payments.js';
import { createPointParts } from '../point-parts.js';
import { chargePoints } from '../points/charge-points.js';
import { createPointsLedgerTables, type PointsLedgerTables } from '../points/ledger/tables.js';
import { pointsRoutes } from '../points/routes.js';
import { asking } from '../points/testing/facts.js';
import type { ConfirmAnswer, PaymentProvider } from '../provider.js';
import { publicRoutes } from '../routes.js';
import { pointChargeRoutes } from './routes.js';
import { payment } from './testing/charge-world.js';

const issuer = testIssuer();
const store = createModelStore();
const { logger } = recordingLogger();
let server: TestDatabase;
let db: Kysely<PointsLedgerTables>;
let parts: ReturnType<typeof createPointParts>;
let worker: EffectWorker;
let consumers: RunningConsumers;
let served: Served;
let up = true;
/** What the provider did with an order, and how it answers about one it has not seen. */
const charged = new Map<string, number>();
let outcome: (orderId: string, amount: number) => ConfirmAnswer;

const approve = (orderId: string, amount: number): ConfirmAnswer => {
  charged.set(orderId, (charged.get(orderId) ?? 0) + 1);
  return { kind: 'approved', payment: payment({ orderId, totalAmount: amount, balanceAmount: amount }) };
};
const answers = new Map<string, ConfirmAnswer>();
const provider: PaymentProvider = {
  confirm: async ({ orderId, amount, idempotencyKey }) => {
    const answer = answers.get(idempotencyKey) ?? outcome(orderId, amount);
    answers.set(idempotencyKey, answer);
    return answer;
  },
  lookupByOrder: async (orderId) => {
    if (!charged.has(orderId)) return { kind: 'notFound' };
    return { kind: 'found', payment: payment({ orderId, totalAmount: 5000, balanceAmount: 5000 }) };
  },
  cancel: async () => ({ kind: 'unknown', cause: 'not in this test' }),
  available: () => up,
};

const never = (): never => {
  throw new Error('no booking is paid in this test');
};
const payments: Payments = { prepare: never, confirm: never, cancel: never, view: never, settled: never, idle: never };

beforeAll(async () => {
  server = await testDatabase();
  db = createDatabase<PointsLedgerTables>({ url: server.url, schema: 'payment', applicationName: 'test', max: 6 });
  await runMigrations(db, 'payment', { '0001-points-ledger': createPointsLedgerTables });
  await migrateConsumerTables(db, 'payment');
  parts = createPointParts({
    onWanted: () => undefined,
    store,
    db,
    schema: 'payment',
    provider,
    charging: createCharging({ provider, clock: Date.now, logger }),
    clock: Date.now,
    logger,
    clientKey: 'test_ck',
    checkoutUrl: '/checkout',
    providerTimeoutMs: 200,
    timing: { resolveAfterMs: 250, graceMs: 50, askAgainMs: 100 },
  });
  worker = startEffectWorker({ db, schema: 'payment', handlers: parts.effectHandlers, logger });
  consumers = startConsumers({
    store,
    db,
    schema: 'payment',
    consumers: parts.consumers,
    logger,
    observe: ({ kind }) => {
      if (kind === 'applied') worker.wake();
    },
  });
  const pass = (_req: unknown, _res: unknown, next: () => void) => next();
  const ports = {
    ...parts,
    payments,
    orderByPaymentKey: async (key: string) => OrderId.parse(key),
    authenticator: createAuthenticator({ keys: issuer.keys }),
    idempotent: createIdempotentRequests({ records: undefined }),
    limit: pass,
    limitReads: pass,
  };
  served = await serve(
    createHttpApp({
      service: 'payment',
      logger,
      metrics: createMetrics('payment'),
      routes: (router) => {
        publicRoutes(ports)(router);
        pointChargeRoutes(ports)(router);
        pointsRoutes(ports)(router);
      },
    }),
  );
}, 60_000);

afterAll(async () => {
  await served?.close();
  await consumers?.stop();
  await worker?.stop();
  await db?.destroy();
  await server?.close();
});

const buyer = () => {
  const id = UserId.parse(randomUUID());
  const token = issuer.token('user', id);
  const call = async (method: string, path: string, body?: object, key: string | null = randomUUID()) => {
    const response = await fetch(`${served.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        ...(key === null ? {} : { 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const charge = async (amount = 5000) => (await call('POST', '/api/points/charge', { amount })).body.orderId as string;
  const confirm = (orderId: string, more: object = {}) =>
    call('POST', '/api/payments/confirm', { paymentKey: 'pk-1', orderId, amount: 5000, ...more });
  const balance = async () => (await call('GET', '/api/points/balance')).body;
  return { id, call, charge, confirm, balance };
};

describe('buying points', () => {
  it('from the wish to the history', async () => {
    outcome = approve;
    const { id, call, confirm, balance } = buyer();
    const prepared = await call('POST', '/api/points/charge', { amount: 5000 });
    expect(prepared).toEqual({
      status: 201,
      body: {
        orderId: expect.stringMatching(/^pts_[0-9a-f]{32}$/),
        clientKey: 'test_ck',
        amount: 5000,
        orderName: 'Tiketi 포인트 5000',
        checkoutUrl: '/checkout',
      },
    });
    const orderId = prepared.body.orderId as string;
    const view = async () => (await call('GET', `/api/payments/order/${orderId}`)).body;
    expect(await view()).toMatchObject({
      status: 'pending',
      reservationId: null,
      amount: 5000,
      cardAmount: 5000,
      pointAmount: 0,
    });
    expect(await balance()).toEqual({ balance: 0, held: 0 });

    const confirmed = await confirm(orderId);
    const position = String(store.log.stream(pointsStream(id)).at(-1)?.position.commit);
    expect(confirmed).toEqual({ status: 200, body: { status: 'confirmed', reservationId: null, orderId, position } });
    expect(await view()).toMatchObject({ status: 'confirmed', method: '카드' });
    expect(await balance()).toEqual({ balance: 5000, held: 0 });
    await consumers.waitFor('points-ledger', BigInt(position), 5000);
    const history = await call('GET', '/api/points/history');
    expect(history.body).toMatchObject({ items: [{ type: 'CHARGE', amount: 5000, orderId }], nextCursor: null });
    expect(await parts.ledger.balance(id)).toEqual({ available: 5000, held: 0 });
  });

  it('pays once for a hundred clicks at once', async () => {
    outcome = approve;
    const { charge, confirm, balance } = buyer();
    const orderId = await charge();
    const all = await Promise.all(Array.from({ length: 100 }, () => confirm(orderId)));
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]));
    expect(charged.get(orderId)).toBe(1);
    expect(await balance()).toEqual({ balance: 5000, held: 0 });
  });

  it('is credited by itself where the answer of the provider was lost', async () => {
    outcome = (orderId, amount) => {
      approve(orderId, amount);
      return { kind: 'unknown', cause: 'timeout' };
    };
    const { call, charge, confirm, balance } = buyer();
    const orderId = await charge();
    const statusUrl = `/api/payments/order/${orderId}`;
    expect(await confirm(orderId)).toEqual({ status: 202, body: { status: 'payment_delayed', reservationId: null, statusUrl } });
    const isConfirmed = async () => (await call('GET', statusUrl)).body.status === 'confirmed';
    await until(isConfirmed, { deadline: 15_000, what: 'the points to be credited' });
    expect(await balance()).toEqual({ balance: 5000, held: 0 });
    expect(charged.get(orderId)).toBe(1);
  });

  it('says that the provider declined', async () => {
    outcome = () => ({ kind: 'declined', code: 'REJECT_CARD_COMPANY', message: '' });
    const { call, charge, confirm, balance } = buyer();
    const orderId = await charge();
    for (const _ of [1, 2]) expect(await confirm(orderId)).toMatchObject({ status: 402, body: { code: 'PAYMENT_DECLINED' } });
    expect((await call('GET', `/api/payments/order/${orderId}`)).body).toMatchObject({
      status: 'failed',
      failureCode: 'REJECT_CARD_COMPANY',
    });
    expect(await balance()).toEqual({ balance: 0, held: 0 });
  });

  it('knows a request by its key', async () => {
    const { call } = buyer();
    const ask = (amount: number, key: string | null) => call('POST', '/api/points/charge', { amount }, key);
    expect(await ask(5000, 'k')).toEqual(await ask(5000, 'k'));
    expect(await ask(6000, 'k')).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
    expect(await ask(5000, null)).toMatchObject({ status: 400, body: { code: 'IDEMPOTENCY_KEY_MISSING' } });
    expect(await ask(999, 'l')).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    expect(await ask(1_000_001, 'l')).toMatchObject({ status: 400 });
  });

  it('refuses another amount, another buyer, another payment, and none', async () => {
    outcome = approve;
    const { charge, confirm, call } = buyer();
    const orderId = await charge();
    expect(await confirm(orderId, { amount: 4000 })).toMatchObject({ status: 400, body: { code: 'AMOUNT_MISMATCH' } });
    expect(await confirm(orderId, { paymentKey: undefined })).toMatchObject({
      status: 400,
      body: { code: 'PAYMENT_KEY_REQUIRED' },
    });
    expect(await buyer().confirm(orderId)).toMatchObject({ status: 404, body: { code: 'PAYMENT_NOT_FOUND' } });
    expect((await buyer().call('GET', `/api/payments/order/${orderId}`)).status).toBe(404);
    expect(await confirm('pts_nobody')).toMatchObject({ status: 404 });
    await confirm(orderId);
    expect(await confirm(orderId, { paymentKey: 'pk-2' })).toMatchObject({ status: 409, body: { code: 'ANOTHER_PAYMENT_KEY' } });
    const cancel = await call('POST', `/api/payments/${orderId}/cancel`, { cancelReason: 'changed my mind' });
    expect(cancel).toMatchObject({ status: 404, body: { code: 'PAYMENT_NOT_FOUND' } });
  });

  it('begins nothing while the provider is down', async () => {
    const { charge, confirm } = buyer();
    const orderId = await charge();
    up = false;
    expect(await confirm(orderId)).toMatchObject({ status: 503, body: { code: 'PAYMENT_PROVIDER_DOWN' } });
    up = true;
  });

  it('sells no more points than one account may have', async () => {
    const { id, call, charge, confirm } = buyer();
    const orderId = await charge();
    const decideMost = { orderId: OrderId.parse('pts_most'), userId: id, amount: Won.parse(100_000_000) };
    await parts.pointsAccounts.decide(
      id,
      { id: 'most', correlationId: 'most', decideAt: (now) => chargePoints({ ...decideMost, now }) },
      asking,
    );
    expect(await confirm(orderId)).toMatchObject({ status: 409, body: { code: 'TOO_MANY_POINTS' } });
    expect(await call('POST', '/api/points/charge', { amount: 1000 })).toMatchObject({ status: 409 });
  });

  it('shows a page of the history at a time and refuses a cursor it never gave', async () => {
    const { call } = buyer();
    expect((await call('GET', '/api/points/history?cursor=abc')).status).toBe(400);
    expect((await call('GET', '/api/points/history?limit=101')).status).toBe(400);
    expect((await call('GET', '/api/points/history?limit=100&cursor=5')).body).toEqual({ items: [], nextCursor: null });
  });

  it('leaves the ledger without a fault', async () => {
    const head = store.log.events.at(-1)?.position.commit ?? 0n;
    await consumers.waitFor('points-ledger', head, 5000);
    expect(await parts.ledger.faults()).toEqual([]);
    expect(consumers.status().map(({ name, state, parkedKeys }) => [name, state, parkedKeys])).toEqual([
      ['point-charges', expect.not.stringMatching('stopped'), 0],
      ['points-ledger', expect.not.stringMatching('stopped'), 0],
    ]);
  });
});
