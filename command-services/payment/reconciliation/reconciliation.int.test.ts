import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import type { Role } from '@tiketi/shared-kernel/contracts/events/user.js';
import type { ReservationSnapshot } from '@tiketi/shared-kernel/contracts/http/internal.js';
import { OrderId, PaymentKey, RefundId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { createAuthenticator } from '@tiketi/shared-kernel/service/authenticate.js';
import { createHttpApp } from '@tiketi/shared-kernel/service/http-app.js';
import { createMetrics } from '@tiketi/shared-kernel/service/metrics.js';
import { recordingLogger } from '@tiketi/shared-kernel/service/testing/recording-logger.js';
import { serve } from '@tiketi/shared-kernel/service/testing/serve.js';
import { testIssuer } from '@tiketi/shared-kernel/service/testing/test-issuer.js';
import { type Kysely, sql } from 'kysely';
import type { PaymentDatabase } from '../database.js';
import { abandonPayment } from '../payment/abandon-payment.js';
import type { Order } from '../payment/payment.js';
import { createChargeOrders } from '../point-charge/charge-orders.js';
import { prepareCharge } from '../point-charge/prepare-charge.js';
import { recordChargeApproval } from '../point-charge/record-outcome.js';
import { requestCharge } from '../point-charge/request-charge.js';
import { createPointsAccounts } from '../points/accounts.js';
import { createChargedPoints } from '../points/charged-points.js';
import { createPointsLedger } from '../points/ledger/ledger.js';
import { pointsOf } from '../points/points-steps.js';
import { asking, createMoneyWorld, keyOf, type MoneyWorld, openPaymentDatabase } from '../testing/money-world.js';
import { createReconciliationParts } from './parts.js';
import { reconciliationRoutes } from './routes.js';
import { scheduleReconciliation } from './schedule.js';

const HOUR = 3_600_000;
const GRACE = HOUR / 4;

let server: TestDatabase;
let db: Kysely<PaymentDatabase>;
let world: MoneyWorld;
let log: ReturnType<typeof recordingLogger>;

beforeAll(async () => {
  server = await testDatabase();
  db = await openPaymentDatabase(server.url);
}, 60_000);
afterAll(async () => {
  await db?.destroy();
  await server?.close();
});
beforeEach(async () => {
  await sql`truncate reconciliations, differences`.execute(db);
  log = recordingLogger();
  world = createMoneyWorld(db, log.logger);
});

const parts = () => {
  const { store, provider, findOrder, refunds, charging, points, reservations, clock } = world;
  const { credit } = createChargedPoints(createPointsAccounts({ store, clock }));
  return createReconciliationParts({
    ...{ db, store, provider, findOrder, refunds, charging, points, credit, reservations, clock, logger: log.logger },
    ledger: createPointsLedger(db),
    hear: world.settlement.hear,
    periodMs: 48 * HOUR,
    graceMs: GRACE,
  });
};

/** A run after everything has settled; what it left in its report. */
const reconcile = async () => {
  world.pass(HOUR);
  await world.project();
  return runNow();
};
const runNow = async () => {
  const { reconciliation, reports } = parts();
  const started = await reconciliation.start('test');
  if (started === 'busy') throw new Error('busy');
  await started.ended;
  const report = await reports.one(started.id);
  if (report === undefined) throw new Error('no report');
  return report;
};
const found = async () => (await reconcile()).differences.map(({ orderId, kind, status }) => [orderId, kind, status]);
/** The reservation service knows the order's reservation as confirmed by it. */
const confirmedBy = ({ orderId }: Order): void => {
  Object.assign(world.reservations, { find: async () => ({ status: 'confirmed', orderId }) as ReservationSnapshot });
};
const alarms = () => log.lines().filter((line) => (line as { alarm?: string }).alarm === 'reconciliation');

/** Asked for with the provider, which charged it and was never heard. */
const unheard = async (cardAmount = 50_000): Promise<Order> => {
  const order = await world.prepare(cardAmount);
  const { provider } = world;
  const { confirm } = provider;
  provider.confirm = async () => ({ kind: 'unknown', cause: 'timeout' });
  await world.settlement.confirm(order, keyOf(order.orderId), asking);
  provider.confirm = confirm;
  world.bank.charge(keyOf(order.orderId), order.orderId, order.cardAmount);
  return order;
};
const refund = (order: Order, amount: number, refundId = 'r1') =>
  world.refunds.refund(order, { refundId: RefundId.parse(refundId), amount, reason: 'goodwill' }, asking);
const balance = (order: Order) => world.bank.payment(keyOf(order.orderId))?.balanceAmount;

describe('books that agree', () => {
  it('are matched without asking about a single order', async () => {
    const orders = [await world.paid(), await world.paid(30_000), await world.paid(80_000)];
    if (orders[1] !== undefined) await refund(orders[1], 10_000);
    const before = world.bank.calls.length;
    const report = await reconcile();
    expect(report).toMatchObject({ status: 'done', transactions: 4, orders: 3, open: 0, repaired: 0, differences: [] });
    expect(world.bank.calls.length).toBe(before);
  });

  it('agree with points, in part or whole, spent and given back', async () => {
    await world.paid(50_000, 20_000);
    await world.paid(0, 15_000);
    const mixed = await world.paid(10_000, 40_000);
    await refund(mixed, 30_000);
    expect(await found()).toEqual([]);
    expect((await reconcile()).status).toBe('done');
  });

  it('are not asked about what is still under way', async () => {
    await unheard();
    await world.project();
    expect((await runNow()).differences).toEqual([]);
  });

  it('do not hold orders against a provider that was never asked', async () => {
    await world.prepare();
    const abandoned = await world.prepare();
    await world.orders.decide(abandoned, 'abandon', (now) => abandonPayment({ now }), asking);
    expect(await found()).toEqual([]);
  });
});

describe('charged there and not here', () => {
  it('is recorded, and its reservation confirmed', async () => {
    const order = await unheard();
    expect(await found()).toEqual([[order.orderId, 'missing-ours', 'repaired']]);
    expect(await world.types(order.orderId)).toEqual(['Prepared', 'ConfirmRequested', 'Approved']);
    expect(await found()).toEqual([]);
  });

  it('is given back in full, once, where the reservation has closed', async () => {
    const order = await unheard();
    world.closed.add(order.reservationId);
    expect(await found()).toEqual([[order.orderId, 'missing-ours', 'repaired']]);
    expect(balance(order)).toBe(0);
    expect((await world.types(order.orderId)).slice(2)).toEqual(['Approved', 'RefundRequested', 'Refunded']);
    expect(await found()).toEqual([]);
  });

  it('is given back where the order was abandoned and never asked for it', async () => {
    const order = await world.prepare();
    await world.orders.decide(order, 'abandon', (now) => abandonPayment({ now }), asking);
    world.bank.charge(keyOf(order.orderId), order.orderId, order.cardAmount);
    expect(await found()).toEqual([[order.orderId, 'missing-ours', 'repaired']]);
    expect(balance(order)).toBe(0);
    expect(await found()).toEqual([]);
  });

  it('is given back where the order was charged a second time by another payment', async () => {
    const order = await world.paid();
    world.bank.charge('a second payment', order.orderId, order.cardAmount);
    expect(await found()).toEqual([[order.orderId, 'missing-ours', 'repaired']]);
    expect([balance(order), world.bank.payment('a second payment')?.balanceAmount]).toEqual([50_000, 0]);
    expect(await found()).toEqual([]);
  });

  it('is left alone where its buyer paid while the provider was asked', async () => {
    const order = await world.prepare();
    world.bank.charge('a checkout before', order.orderId, order.cardAmount, { status: 'DONE' });
    const { lookupByKey } = world.provider;
    world.provider.lookupByKey = async (key) => {
      world.provider.lookupByKey = lookupByKey;
      await world.settlement.confirm(order, PaymentKey.parse('a checkout before'), asking);
      return lookupByKey(key);
    };
    expect(await found()).toEqual([]);
    expect(world.bank.payment('a checkout before')?.balanceAmount).toBe(order.cardAmount);
  });

  it('is found however long nobody has looked', async () => {
    await world.paid();
    await reconcile();
    const order = await unheard();
    world.pass(10 * 24 * HOUR);
    expect(await found()).toEqual([[order.orderId, 'missing-ours', 'repaired']]);
  });

  it('in another currency is never confirmed', async () => {
    const order = await unheard();
    world.bank.alter(keyOf(order.orderId), { currency: 'JPY' });
    expect(await found()).toEqual([[order.orderId, 'amount-differs', 'open']]);
    expect(await world.types(order.orderId)).toEqual(['Prepared', 'ConfirmRequested']);
  });

  it('stays open where no such order exists, and rings each time', async () => {
    world.bank.charge('unknown', 'order-unknown', 70_000);
    expect(await found()).toEqual([['order-unknown', 'missing-ours', 'open']]);
    expect(world.bank.payment('unknown')?.balanceAmount).toBe(70_000);
    expect(await found()).toEqual([['order-unknown', 'missing-ours', 'open']]);
    expect(alarms()).toHaveLength(2);
    expect(await db.selectFrom('differences').selectAll().execute()).toHaveLength(1);
  });

  it('is never confirmed where the amount is another', async () => {
    const order = await unheard();
    world.bank.alter(keyOf(order.orderId), { totalAmount: 40_000, balanceAmount: 40_000 });
    expect(await found()).toEqual([[order.orderId, 'amount-differs', 'open']]);
    expect(await world.types(order.orderId)).toEqual(['Prepared', 'ConfirmRequested']);
  });
});

describe('approved here and not there', () => {
  it('is found where the provider lists no transaction either', async () => {
    const order = await world.paid();
    world.bank.forget(keyOf(order.orderId));
    world.provider.transactions = async function* () {};
    const report = await reconcile();
    expect(report.differences).toMatchObject([
      { orderId: order.orderId, kind: 'missing-theirs', status: 'open', figures: { here: 50_000, there: 0 } },
    ]);
    expect(alarms()).toHaveLength(1);
  });

  it('is over once the provider has it again', async () => {
    const order = await world.paid();
    const payment = world.bank.payment(keyOf(order.orderId));
    const { transactions } = world.provider;
    world.bank.forget(keyOf(order.orderId));
    world.provider.transactions = async function* () {};
    await reconcile();
    world.provider.transactions = transactions;
    if (payment !== undefined) world.bank.charge(payment.paymentKey, payment.orderId, payment.totalAmount);
    const report = await reconcile();
    expect(report).toMatchObject({ open: 0, repaired: 1 });
    expect(report.differences).toMatchObject([
      { kind: 'missing-theirs', status: 'repaired', note: expect.stringContaining('no longer') },
    ]);
  });

  it('differs in the amount', async () => {
    const order = await world.paid();
    world.bank.alter(keyOf(order.orderId), { totalAmount: 60_000, balanceAmount: 60_000 });
    world.provider.transactions = async function* () {};
    expect(await found()).toEqual([[order.orderId, 'amount-differs', 'open']]);
  });
});

describe('refunds', () => {
  it('made by the provider alone are recorded', async () => {
    const [whole, part] = [await world.paid(), await world.paid()];
    world.bank.giveBack(keyOf(whole.orderId), 50_000);
    world.bank.giveBack(keyOf(part.orderId), 20_000);
    expect((await found()).sort()).toEqual([
      [whole.orderId, 'refunded-there-not-here', 'repaired'],
      [part.orderId, 'refunded-there-not-here', 'repaired'],
    ]);
    expect((await world.types(part.orderId)).at(-1)).toBe('Refunded');
    expect(await found()).toEqual([]);
  });

  it('asked for and never done are done', async () => {
    const order = await world.paid();
    world.bank.refuse(true);
    expect(await refund(order, 20_000)).toBe('refunding');
    world.bank.refuse(false);
    expect(await found()).toEqual([[order.orderId, 'refunded-here-not-there', 'repaired']]);
    expect(balance(order)).toBe(30_000);
    expect((await world.types(order.orderId)).at(-1)).toBe('Refunded');
    expect(await found()).toEqual([]);
  });

  it('asked for just now are let alone', async () => {
    const order = await world.paid();
    world.pass(HOUR);
    world.bank.refuse(true);
    await refund(order, 20_000);
    await world.project();
    expect((await runNow()).differences).toEqual([]);
  });

  it('done and never recorded are recorded, not done again', async () => {
    const order = await world.paid();
    const { provider } = world;
    const { cancel, lookupByOrder } = provider;
    provider.cancel = async (call) => {
      await cancel(call);
      return { kind: 'unknown', cause: 'timeout' };
    };
    provider.lookupByOrder = async () => ({ kind: 'unknown', cause: 'timeout' });
    expect(await refund(order, 20_000)).toBe('refunding');
    Object.assign(provider, { cancel, lookupByOrder });
    expect(await found()).toEqual([[order.orderId, 'refunded-there-not-here', 'repaired']]);
    expect(balance(order)).toBe(30_000);
    expect(await found()).toEqual([]);
  });

  it('that the provider refuses stay open', async () => {
    const order = await world.paid();
    world.bank.refuse(true);
    await refund(order, 20_000);
    expect(await found()).toEqual([[order.orderId, 'refunded-here-not-there', 'open']]);
    expect(alarms()).toHaveLength(1);
  });

  it('recorded here and undone there stay open', async () => {
    const order = await world.paid();
    await refund(order, 20_000);
    world.bank.alter(keyOf(order.orderId), { balanceAmount: 50_000, cancels: [] });
    world.provider.transactions = async function* () {};
    // matched lines would hide it; an order whose lines are gone is asked about
    expect(await found()).toEqual([[order.orderId, 'refunded-here-not-there', 'open']]);
  });

  it('given twice are recorded and ring', async () => {
    const order = await world.paid();
    await refund(order, 10_000);
    world.bank.giveBack(keyOf(order.orderId), 10_000);
    expect(await found()).toEqual([[order.orderId, 'double-refund', 'repaired']]);
    expect(alarms()).toMatchObject([{ kind: 'double-refund', orderId: order.orderId }]);
    expect(await found()).toEqual([]);
  });
});

describe('points', () => {
  it('still held by an order long approved are an open difference', async () => {
    const order = await world.prepare(50_000, 20_000);
    await world.settlement.confirm(order, keyOf(order.orderId), asking);
    const report = await reconcile();
    expect(report.differences).toMatchObject([
      { orderId: order.orderId, kind: 'points-differ', status: 'open', figures: { streamHeld: 20_000, expectedTaken: 20_000 } },
    ]);
  });

  it('of a confirmed reservation that are still held are spent', async () => {
    const order = await world.prepare(50_000, 20_000);
    await world.settlement.confirm(order, keyOf(order.orderId), asking);
    confirmedBy(order);
    const { differences } = await reconcile();
    expect(differences).toMatchObject([{ kind: 'points-differ', note: 'points of a confirmed reservation were spent' }]);
    expect(await reconcile()).toMatchObject({ status: 'done', open: 0, repaired: 1 });
    expect(await found()).toEqual([]);
  });

  it('that an order which ended unpaid still holds are freed', async () => {
    const order = await world.prepare(50_000, 20_000);
    await world.points.hold(pointsOf(order), asking);
    await world.orders.decide(order, 'abandon', (now) => abandonPayment({ now }), asking);
    expect((await reconcile()).differences).toMatchObject([{ note: 'points of an order that ended unpaid were freed' }]);
    expect(await reconcile()).toMatchObject({ status: 'done', open: 0, repaired: 1 });
    expect(await world.points.available(order.userId)).toBe(20_000);
  });

  it('that were bought and never credited are credited, once', async () => {
    const userId = UserId.parse('5f0e0000-0000-4000-8000-000000000999');
    const order = { orderId: OrderId.parse('pts_0000000001'), userId, amount: Won.parse(30_000) };
    const charges = createChargeOrders({ store: world.store, clock: world.clock });
    const paymentKey = keyOf(order.orderId);
    await charges.decide(order.orderId, 'prepare', (now) => prepareCharge({ order, now }), asking);
    await charges.decide(order.orderId, 'request', (now) => requestCharge({ paymentKey, providerKey: 'k', now }), asking);
    const outcome = { paymentKey, method: null, receiptUrl: null };
    await charges.decide(order.orderId, 'approve', (now) => recordChargeApproval({ ...outcome, now }), asking);
    world.bank.charge(paymentKey, order.orderId, 30_000);
    expect((await reconcile()).differences).toMatchObject([{ note: 'points that were paid for were credited' }]);
    expect(await reconcile()).toMatchObject({ status: 'done', open: 0, repaired: 1 });
    await reconcile();
    expect(await world.points.available(userId)).toBe(30_000);
  });

  it('the ledger and the stream do not agree about are one too', async () => {
    const order = await world.paid(50_000, 20_000);
    world.pass(HOUR);
    await world.project();
    await sql`delete from points_entries`.execute(db);
    await sql`delete from points_transactions where kind = 'capture'`.execute(db);
    const report = await runNow();
    expect(report.differences).toMatchObject([{ orderId: order.orderId, kind: 'points-differ', status: 'open' }]);
  });
});

describe('a run', () => {
  it('is one at a time, over all replicas', async () => {
    await unheard();
    world.pass(HOUR);
    await world.project();
    const replicas = Array.from({ length: 4 }, parts);
    const begun = await Promise.all(replicas.map(({ reconciliation }) => reconciliation.start('test')));
    const started = begun.filter((one) => one !== 'busy');
    expect(started).toHaveLength(1);
    await Promise.all(started.map((one) => one.ended));
    expect(await parts().reports.list()).toHaveLength(1);
    const again = await parts().reconciliation.start('test');
    if (again === 'busy') throw new Error('the lock was kept');
    await again.ended;
  });

  it('says that it failed where the provider’s books cannot be read, and concludes nothing', async () => {
    await world.paid();
    world.bank.silence(true);
    const report = await reconcile();
    expect(report).toMatchObject({ status: 'failed', error: 'no answer', differences: [] });
    world.bank.silence(false);
    expect((await reconcile()).status).toBe('done');
  });

  it('does not call what it could not ask about a difference', async () => {
    const order = await unheard();
    const { lookupByKey } = world.provider;
    world.provider.lookupByKey = async () => ({ kind: 'unknown', cause: 'timeout' });
    expect(await reconcile()).toMatchObject({ status: 'failed', differences: [] });
    world.provider.lookupByKey = lookupByKey;
    expect(await found()).toEqual([[order.orderId, 'missing-ours', 'repaired']]);
  });

  it('closes what a process that died left unfinished', async () => {
    const { reports } = parts();
    const dead = '5f0e0000-0000-4000-8000-00000000dead';
    await reports.begin({ id: dead, from: new Date(0), to: new Date(1), startedBy: 'dead' });
    expect((await reconcile()).status).toBe('done');
    expect(await reports.one(dead)).toMatchObject({ status: 'failed', error: 'its process ended' });
  });

  it('is begun by the schedule, not again right after another', async () => {
    const { reconciliation, reports } = parts();
    let tidied = 0;
    let begun = 0;
    const start: typeof reconciliation.start = async (by) => {
      begun += 1;
      const started = await reconciliation.start(by);
      if (started !== 'busy') await started.ended;
      return started;
    };
    const tidy = async () => {
      tidied += 1;
    };
    const stop = scheduleReconciliation({
      reconciliation: { start },
      reports,
      everyMs: 100_000,
      firstMs: 10,
      tidy,
      logger: log.logger,
    });
    const deadline = Date.now() + 10_000;
    while ((await reports.list())[0]?.status !== 'done' && Date.now() < deadline) await new Promise((r) => setTimeout(r, 10));
    stop();
    const later = scheduleReconciliation({
      reconciliation: { start },
      reports,
      everyMs: 100_000,
      firstMs: 10,
      tidy,
      logger: log.logger,
    });
    while (tidied < 2 && Date.now() < deadline) await new Promise((r) => setTimeout(r, 10));
    later();
    expect([begun, (await reports.list()).length]).toEqual([1, 1]);
  });
});

describe('/api/admin/reconciliations', () => {
  it('is for operators and administrators', async () => {
    const issuer = testIssuer();
    const { reconciliation, reports } = parts();
    const app = createHttpApp({
      service: 'test',
      logger: log.logger,
      metrics: createMetrics('test'),
      routes: reconciliationRoutes({
        ...{ reconciliation, reports },
        authenticator: createAuthenticator({ keys: issuer.keys }),
        limit: (_req, _res, next) => next(),
      }),
    });
    const served = await serve(app);
    const ask = async (method: string, path: string, role?: Role) => {
      const authorization = role === undefined ? {} : { authorization: `Bearer ${issuer.token(role)}` };
      const response = await fetch(`${served.url}/api/admin/reconciliations${path}`, { method, headers: authorization });
      return {
        status: response.status,
        body: (await response.json()) as { id?: string; items?: unknown[]; differences?: unknown[] },
      };
    };
    for (const [method, path] of [
      ['POST', ''],
      ['GET', ''],
      ['GET', '/5f0e0000-0000-4000-8000-000000000001'],
    ] as const) {
      expect((await ask(method, path)).status).toBe(401);
      for (const role of ['user', 'analyst', 'auditor'] as const) expect((await ask(method, path, role)).status).toBe(403);
    }
    const order = await unheard();
    world.pass(HOUR);
    await world.project();
    const { status, body } = await ask('POST', '', 'operator');
    expect(status).toBe(202);
    await reconciliation.idle();
    const shown = await ask('GET', `/${body.id}`, 'admin');
    expect(shown.body).toMatchObject({ status: 'done', repaired: 1, differences: [{ orderId: order.orderId }] });
    expect((await ask('GET', '', 'operator')).body.items).toHaveLength(1);
    expect((await ask('GET', '/nothing', 'operator')).status).toBe(404);
    await served.close();
  });
});
