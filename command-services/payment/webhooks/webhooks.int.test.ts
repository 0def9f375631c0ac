import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import { startEffectWorker } from '@tiketi/shared-kernel/event-sourcing/consumers/effect-worker.js';
import { migrateConsumerTables } from '@tiketi/shared-kernel/event-sourcing/consumers/tables.js';
import { createHttpApp } from '@tiketi/shared-kernel/service/http-app.js';
import { createMetrics } from '@tiketi/shared-kernel/service/metrics.js';
import { recordingLogger } from '@tiketi/shared-kernel/service/testing/recording-logger.js';
import { serve } from '@tiketi/shared-kernel/service/testing/serve.js';
import { type Kysely, sql } from 'kysely';
import { type PaymentDatabase, SCHEMA } from '../database.js';
import { asking, createMoneyWorld, keyOf, type MoneyWorld, openPaymentDatabase, SECRET } from '../testing/money-world.js';
import { preparedFor } from '../testing/provider-words.js';
import { webhookRoutes } from './routes.js';
import { createWebhookSecrets } from './secrets.js';
import { createVerifier } from './verify.js';
import { createWebhooks, HEAR_PAYMENT, type Webhooks } from './webhooks.js';

let server: TestDatabase;
let db: Kysely<PaymentDatabase>;
let world: MoneyWorld;
let webhooks: Webhooks;
let secrets: ReturnType<typeof createWebhookSecrets>;
let log: ReturnType<typeof recordingLogger>;
let settled: Promise<void>;
let heard: string[];
let looked: number;

beforeAll(async () => {
  server = await testDatabase();
  db = await openPaymentDatabase(server.url);
  await migrateConsumerTables(db, SCHEMA);
}, 60_000);
afterAll(async () => {
  await db?.destroy();
  await server?.close();
});

beforeEach(async () => {
  await sql`truncate webhooks, webhook_secrets, effect, effect_key, virtual_accounts`.execute(db);
  log = recordingLogger();
  heard = [];
  looked = 0;
  settled = Promise.resolve();
  world = createMoneyWorld(db, log.logger);
  secrets = createWebhookSecrets({ db, secret: SECRET, logger: log.logger });
  webhooks = createWebhooks({
    db,
    schema: SCHEMA,
    verify: createVerifier({ secrets, provider: world.provider, patienceMs: 200 }),
    findOrder: (orderId) => {
      looked += 1;
      return world.findOrder(orderId);
    },
    remembered: world.orders.remembered,
    isRecentSecret: secrets.isRecent,
    settled: () => settled,
    hear: (orderId, by) => {
      heard.push(orderId);
      return world.settlement.hear(orderId, by);
    },
    wake: () => undefined,
    clock: world.clock,
    logger: log.logger,
  });
});

const { changed, deposit } = preparedFor;
const receive = (body: unknown, id: string | null = randomUUID(), sentAt: number | null = world.clock()) =>
  webhooks.receive({ id, sentAt, body });
const rows = () => db.selectFrom('webhooks').selectAll().execute();
const eventsOf = async () => {
  let count = 0;
  for await (const _ of world.store.readAll({ from: 'start' })) count += 1;
  return count;
};

/** Works off what is due, as the service's worker does. */
const workOff = async () => {
  await sql`update effect set due_at = clock_timestamp() - interval '1 second'`.execute(db);
  const worker = startEffectWorker({
    db,
    schema: SCHEMA,
    handlers: { [HEAR_PAYMENT]: webhooks.workOff },
    logger: log.logger,
    idleMs: 10,
  });
  const deadline = Date.now() + 10_000;
  const open = async () =>
    (await sql`select 1 from effect where closed_at is null and attempts = 0`.execute(db)).rows.length > 0 ||
    worker.inFlight() > 0;
  while ((await open()) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
  await worker.stop();
};

/** Asked for with the provider, and its answer lost. */
const lost = async () => {
  const order = await world.prepare();
  const { provider } = world;
  const payment = world.bank.charge(keyOf(order.orderId), order.orderId, order.cardAmount);
  const confirm = provider.confirm;
  provider.confirm = async () => ({ kind: 'unknown', cause: 'timeout' });
  await world.settlement.confirm(order, keyOf(order.orderId), asking);
  provider.confirm = confirm;
  return { order, payment };
};

/** A virtual account waits for its transfer. */
const waiting = async () => {
  const order = await world.prepare();
  const dueBy = '2026-05-02T10:00:00.000Z' as never;
  const virtualAccount = { accountNumber: 'X1', bankCode: '20', dueBy };
  const payment = world.bank.charge(keyOf(order.orderId), order.orderId, order.cardAmount, {
    ...{ status: 'WAITING_FOR_DEPOSIT', virtualAccount, approvedAt: null },
  });
  world.provider.confirm = async () => ({
    kind: 'waiting',
    payment,
    account: { ...virtualAccount, dueBy },
    secret: payment.secret,
  });
  await world.settlement.confirm(order, keyOf(order.orderId), asking);
  secrets.remember(payment);
  await secrets.flush();
  return { order, payment };
};

describe('a webhook of the provider’s', () => {
  it('finishes a payment whose answer was lost', async () => {
    const { order, payment } = await lost();
    expect(await receive(changed(payment))).toBe('taken');
    expect(await world.types(order.orderId)).toEqual(['Prepared', 'ConfirmRequested']);
    await workOff();
    expect(await world.types(order.orderId)).toEqual(['Prepared', 'ConfirmRequested', 'Approved']);
    expect(await rows()).toMatchObject([{ verdict: 'accepted', outcome: 'approved', status: 'DONE', order_id: order.orderId }]);
  });

  it('says nothing new where the answer it came with has been recorded first', async () => {
    const order = await world.prepare();
    const payment = world.bank.charge(keyOf(order.orderId), order.orderId, order.cardAmount);
    let record = () => {};
    settled = new Promise((resolve) => {
      record = resolve;
    });
    const answer = receive(changed(payment));
    await world.settlement.confirm(order, keyOf(order.orderId), asking);
    record();
    expect(await answer).toBe('taken');
    expect(await rows()).toMatchObject([{ verdict: 'accepted', outcome: 'known' }]);
    expect((await sql`select id from effect`.execute(db)).rows).toEqual([]);
    expect(heard).toEqual([]);
  });

  /** Confirmed by this very process, which was told the secret with the answer. */
  const recorded = async () => {
    const order = await world.prepare();
    const payment = world.bank.charge(keyOf(order.orderId), order.orderId, order.cardAmount);
    await world.settlement.confirm(order, keyOf(order.orderId), asking);
    secrets.remember(payment);
    return { order, payment };
  };

  it('is noted without a look where this process recorded the answer itself, once however often it comes', async () => {
    const { payment } = await recorded();
    const id = randomUUID();
    expect(await Promise.all([receive(changed(payment), id), receive(changed(payment), id)])).toEqual(['taken', 'taken']);
    expect(await receive(changed(payment), id)).toBe('taken');
    expect(await rows()).toMatchObject([
      { id, verdict: 'accepted', outcome: 'known', status: 'DONE', done_at: expect.any(Date) },
    ]);
    expect([looked, heard]).toEqual([0, []]);
    expect((await sql`select id from effect`.execute(db)).rows).toEqual([]);
  });

  it('replaces the refusal of the same transmission', async () => {
    const { order, payment } = await recorded();
    const id = randomUUID();
    await db
      .insertInto('webhooks')
      .values({ id, event_type: 'x', status: 'CANCELED', order_id: 'another', verdict: 'refused', outcome: 'why', done_at: null })
      .execute();
    expect(await receive(changed(payment), id)).toBe('taken');
    const noted = { event_type: 'PAYMENT_STATUS_CHANGED', status: 'DONE', order_id: order.orderId };
    expect(await rows()).toMatchObject([{ id, ...noted, verdict: 'accepted', outcome: 'known' }]);
  });

  it.each([
    ['another amount', { totalAmount: 1 }],
    ['another payment', { paymentKey: 'another-payment-key' }],
    ['another secret', { secret: 'ps_another' }],
    ['another state', { status: 'CANCELED' as const }],
    ['no secret', { secret: null }],
  ])('is looked into where it tells of %s', async (_, changes) => {
    const { payment } = await recorded();
    await receive(changed({ ...payment, ...changes } as typeof payment));
    expect(looked).toBe(1);
  });

  it('is looked into where it tells of a deposit, which the bank may have taken back since', async () => {
    const { order, payment } = await waiting();
    world.bank.alter(payment.paymentKey, { status: 'DONE', approvedAt: '2026-05-01T12:00:00Z', method: '가상계좌' });
    await world.settlement.hear(order.orderId, asking);
    expect(world.orders.remembered(order.orderId)?.status).toBe('approved');
    await receive(changed({ ...payment, status: 'DONE' }));
    expect(looked).toBe(1);
  });

  it('is refused when it is stale, whoever recorded it', async () => {
    const { payment } = await recorded();
    expect(await receive(changed(payment), randomUUID(), world.clock() - 6 * 86_400_000)).toBe('refused');
    expect(await rows()).toEqual([]);
  });

  it('is taken while the answer is long in coming, and worked off later', async () => {
    const { order, payment } = await lost();
    settled = new Promise(() => {});
    expect(await receive(changed(payment))).toBe('taken');
    await workOff();
    expect(await world.types(order.orderId)).toEqual(['Prepared', 'ConfirmRequested', 'Approved']);
  });

  it('tells of a deposit, flat and by its secret', async () => {
    const { order, payment } = await waiting();
    world.bank.alter(payment.paymentKey, { status: 'DONE', approvedAt: '2026-05-01T12:00:00Z' });
    const before = world.bank.calls.length;
    expect(await receive(deposit(payment, 'DONE'))).toBe('taken');
    expect(world.bank.calls.length).toBe(before);
    await workOff();
    expect(await world.types(order.orderId)).toEqual(['Prepared', 'ConfirmRequested', 'VirtualAccountIssued', 'Approved']);
  });

  it('tells of a deposit taken back, which is an alarm and no refund', async () => {
    const { order, payment } = await waiting();
    world.bank.alter(payment.paymentKey, { status: 'DONE', approvedAt: '2026-05-01T12:00:00Z' });
    await receive(deposit(payment, 'DONE'));
    await workOff();
    world.bank.alter(payment.paymentKey, { status: 'WAITING_FOR_DEPOSIT' });
    await receive(deposit(payment, 'WAITING_FOR_DEPOSIT'));
    await workOff();
    expect((await world.types(order.orderId)).at(-1)).toBe('DepositReversed');
    expect(await rows()).toContainEqual(expect.objectContaining({ status: 'WAITING_FOR_DEPOSIT', verdict: 'quarantined' }));
  });

  it('may arrive any number of times, at once too', async () => {
    const { order, payment } = await lost();
    const id = randomUUID();
    const answers = await Promise.all(Array.from({ length: 20 }, () => receive(changed(payment), id)));
    await workOff();
    answers.push(await receive(changed(payment), id), await receive(changed(payment), randomUUID()));
    await workOff();
    expect(new Set(answers)).toEqual(new Set(['taken']));
    expect(heard).toEqual([order.orderId]);
    expect(await world.types(order.orderId)).toEqual(['Prepared', 'ConfirmRequested', 'Approved']);
  });

  it('may come out of order and days late', async () => {
    const order = await world.paid();
    const done = world.bank.payment(keyOf(order.orderId));
    if (done === undefined) throw new Error('no payment');
    const cancelled = world.bank.giveBack(done.paymentKey, done.totalAmount);
    const sentAt = world.clock();
    world.pass(4.5 * 24 * 3_600_000);
    expect([await receive(changed(cancelled), null, sentAt), await receive(changed(done), null, sentAt)]).toEqual([
      'taken',
      'taken',
    ]);
    await workOff();
    expect(await world.types(order.orderId)).toEqual([
      ...['Prepared', 'ConfirmRequested', 'Approved'],
      ...['RefundRequested', 'Refunded'],
    ]);
  });

  it('is worked off after a restart', async () => {
    const { order, payment } = await lost();
    await receive(changed(payment));
    // whoever took it is gone; the effect row is all that is left
    expect((await sql`select 1 from effect where closed_at is null`.execute(db)).rows).toHaveLength(1);
    await workOff();
    expect((await world.types(order.orderId)).at(-1)).toBe('Approved');
  });

  it('says nothing new where the order is what it says', async () => {
    const order = await world.paid();
    const payment = world.bank.payment(keyOf(order.orderId));
    if (payment === undefined) throw new Error('no payment');
    expect(await receive(changed(payment))).toBe('taken');
    await workOff();
    expect(heard).toEqual([]);
    expect(await rows()).toMatchObject([{ verdict: 'accepted', outcome: 'known' }]);
  });

  it('of another checkout that came to nothing is passed over', async () => {
    const { order } = await lost();
    const other = world.bank.charge('another checkout', order.orderId, order.cardAmount, { status: 'ABORTED' });
    expect(await receive(changed(other))).toBe('taken');
    await workOff();
    expect(heard).toEqual([]);
    expect(await rows()).toMatchObject([{ verdict: 'ignored' }]);
  });

  it('of a kind that means nothing here is passed over', async () => {
    expect(await receive({ eventType: 'BILLING_DELETED', data: {} })).toBe('taken');
    // anybody may say so, so it costs no row
    expect(await rows()).toEqual([]);
  });

  it('is told to come again while the provider cannot be asked', async () => {
    const { payment } = await lost();
    world.bank.silence(true);
    expect(await receive(changed(payment))).toBe('later');
    world.provider.lookupByKey = () => new Promise(() => undefined);
    world.bank.silence(false);
    expect(await receive(changed(payment))).toBe('later');
    expect(await rows()).toEqual([]);
  });
});

describe('a webhook that is not what it says', () => {
  const forgeries: readonly [string, (world: MoneyWorld) => Promise<unknown>][] = [
    ['an order nobody made', async () => changed({ ...preparedFor.payment, orderId: 'order-unknown' })],
    ['a charge that never was', async () => changed({ ...preparedFor.payment, orderId: (await world.prepare()).orderId })],
    ['the wrong secret', async () => changed({ ...(await lost()).payment, secret: 'guessed' })],
    [
      'the wrong secret of a known payment',
      async () => changed({ ...(await waiting()).payment, status: 'DONE', secret: 'guessed' }),
    ],
    ['a deposit with the wrong secret', async () => deposit({ ...(await waiting()).payment, secret: 'guessed' }, 'DONE')],
    ['a deposit without a secret', async () => ({ ...deposit((await waiting()).payment, 'DONE'), secret: undefined })],
    [
      'no secret and what the provider does not say',
      async () => changed({ ...(await waiting()).payment, status: 'DONE', secret: null }),
    ],
    ['another amount than the provider’s', async () => changed({ ...(await lost()).payment, totalAmount: 1, secret: null })],
    [
      'somebody else’s payment',
      async () => {
        const [mine, theirs] = [await lost(), await lost()];
        return changed({ ...theirs.payment, orderId: mine.order.orderId });
      },
    ],
  ];

  it.each(forgeries)('is refused: %s', async (name, forge) => {
    const body = await forge(world);
    const before = await eventsOf();
    expect(await receive(body)).toBe('refused');
    await workOff();
    expect([await eventsOf(), heard]).toEqual([before, []]);
    expect(await rows()).toMatchObject(name === 'an order nobody made' ? [] : [{ verdict: 'refused' }]);
    expect(log.lines()).toContainEqual(expect.objectContaining({ message: 'a webhook was refused' }));
  });

  it('costs the provider no more than a few questions a minute, however many are sent', async () => {
    const { order, payment } = await waiting();
    const before = world.bank.calls.length;
    const answers: string[] = [];
    for (let count = 0; count < 50; count += 1) answers.push(await receive(changed({ ...payment, secret: `guess ${count}` })));
    expect(answers.filter((answer) => answer === 'refused')).toHaveLength(30);
    expect(answers.filter((answer) => answer === 'later')).toHaveLength(20);
    expect(world.bank.calls.length - before).toBe(30);
    expect(await rows()).toHaveLength(30);
    // the provider's own know the secret, and others' orders are not held up
    world.bank.alter(payment.paymentKey, { status: 'DONE', approvedAt: '2026-05-01T12:00:00Z' });
    expect(await receive(deposit(payment, 'DONE'))).toBe('taken');
    expect(await receive(changed((await lost()).payment))).toBe('taken');
    await workOff();
    expect((await world.types(order.orderId)).at(-1)).toBe('Approved');
  });

  it('is refused where it claims to be older than any repeat', async () => {
    const { payment } = await lost();
    expect(await receive(changed(payment), null, world.clock() - 5.1 * 24 * 3_600_000)).toBe('refused');
    expect(heard).toEqual([]);
  });

  it('does not take the real one’s place', async () => {
    const { payment } = await lost();
    const id = randomUUID();
    expect(await receive(changed({ ...payment, secret: 'guessed' }), id)).toBe('refused');
    expect(await receive(changed(payment), id)).toBe('taken');
    await workOff();
    expect(heard).toHaveLength(1);
    expect(await rows()).toMatchObject([{ verdict: 'accepted', outcome: 'approved' }]);
  });

  it('is set aside with an alarm where the provider took another amount, and never confirms', async () => {
    const { order, payment } = await lost();
    world.bank.alter(payment.paymentKey, { totalAmount: 1, balanceAmount: 1 });
    expect(await receive(changed({ ...payment, totalAmount: 1 }))).toBe('taken');
    await workOff();
    expect(await world.types(order.orderId)).toEqual(['Prepared', 'ConfirmRequested']);
    expect(await rows()).toMatchObject([{ verdict: 'quarantined', outcome: 'amount' }]);
    expect(log.lines()).toContainEqual(expect.objectContaining({ alarm: 'webhook-quarantined', orderId: order.orderId }));
  });

  it('is set aside where another payment than the order’s was charged', async () => {
    const { order } = await lost();
    const other = world.bank.charge('another payment', order.orderId, order.cardAmount);
    expect(await receive(changed(other))).toBe('taken');
    expect(await rows()).toMatchObject([{ verdict: 'quarantined', outcome: 'another payment' }]);
    expect(heard).toEqual([]);
  });

  it.each([
    ['nothing', undefined],
    ['a word', 'DONE'],
    ['a payment without an order', { eventType: 'PAYMENT_STATUS_CHANGED', data: { status: 'DONE' } }],
    ['an empty object', {}],
    ['a word no database keeps', { eventType: 'BILLING\u0000DELETED' }],
    [
      'a status no database keeps',
      { eventType: 'PAYMENT_STATUS_CHANGED', data: { ...preparedFor.payment, status: 'DONE\u0000' } },
    ],
  ])('is unreadable: %s', async (_, body) => expect(await receive(body)).toBe('unreadable'));
});

describe('POST /api/payments/webhooks/toss', () => {
  it('answers by what was made of it, and keeps secrets and keys out of rows and logs', async () => {
    const app = createHttpApp({
      service: 'test',
      logger: log.logger,
      metrics: createMetrics('test'),
      routes: webhookRoutes({ webhooks, limitWebhooks: (_req, _res, next) => next() }),
    });
    const served = await serve(app);
    const post = async (body: unknown, headers: Record<string, string> = {}) => {
      const response = await fetch(`${served.url}/api/payments/webhooks/toss`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      });
      return [response.status, ((await response.json()) as { code?: string }).code];
    };
    const { payment } = await lost();
    const headers = {
      'tosspayments-webhook-transmission-id': 'tx-1',
      'tosspayments-webhook-transmission-time': '2026-05-01T19:00:00.123456',
    };
    expect(await post(changed({ ...payment, secret: 'guessed' }), headers)).toEqual([401, 'WEBHOOK_NOT_VERIFIED']);
    expect(await post(changed(payment), headers)).toEqual([200, undefined]);
    expect(await post(changed(payment), headers)).toEqual([200, undefined]);
    expect(await post({})).toEqual([400, 'WEBHOOK_UNREADABLE']);
    expect(await post({ eventType: 'X', padding: 'x'.repeat(70_000) })).toEqual([413, 'BODY_TOO_LARGE']);
    world.bank.silence(true);
    expect(await post(changed(payment))).toEqual([503, 'WEBHOOK_NOT_CHECKED']);
    await served.close();
    secrets.remember(payment);
    await secrets.flush();
    const kept = JSON.stringify([await rows(), await db.selectFrom('webhook_secrets').selectAll().execute(), log.lines()]);
    for (const word of [payment.secret ?? '', payment.paymentKey, 'guessed']) expect(kept).not.toContain(word);
  });
});
