import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import { OrderId, PaymentKey, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { TestEvent } from '@tiketi/shared-kernel/event-sourcing/consumers/testing/tape.js';
import { openProjectionTest, type ProjectionTest } from '@tiketi/shared-kernel/event-sourcing/projections/testing.js';
import { createDatabase, runMigrations } from '@tiketi/shared-kernel/service/database.js';
import type { Kysely } from 'kysely';
import { migrations, type PaymentDatabase, SCHEMA } from '../database.js';
import { createPaymentRecords } from './my-payments.js';
import { paymentRecords } from './projection.js';

const user = (n: number) => UserId.parse(`5f0e0000-0000-4000-8000-00000000000${n}`);
const reservationId = '5f0e0000-0000-4000-8000-0000000000aa';
const at = (minute: number) => `2026-05-01T10:${String(minute).padStart(2, '0')}:00.000Z`;
const ofOrder = (orderId: string) => ({ orderId, reservationId });
// the schemas check it when it is read back
const fact = (type: TestEvent['type'], data: object) => ({ type, data }) as TestEvent;

let server: TestDatabase;
let db: Kysely<PaymentDatabase>;
let projection: ProjectionTest;
let records: ReturnType<typeof createPaymentRecords>;

beforeAll(async () => {
  server = await testDatabase();
  db = createDatabase<PaymentDatabase>({ url: server.url, schema: SCHEMA, applicationName: 'test', max: 3 });
  await runMigrations(db, SCHEMA, migrations);
  projection = await openProjectionTest({ db, projection: paymentRecords });
  records = createPaymentRecords(db);
}, 60_000);
afterAll(async () => {
  await db?.destroy();
  await server?.close();
});

const prepared = (orderId: string, userId: UserId, minute: number, pointAmount = 0) =>
  fact('PaymentPrepared', {
    ...ofOrder(orderId),
    userId,
    performanceId: reservationId,
    amount: 50_000 + pointAmount,
    cardAmount: 50_000,
    pointAmount,
    orderName: 'TK',
    preparedAt: at(minute),
  });
const requested = (orderId: string, minute: number) =>
  fact('PaymentConfirmRequested', {
    ...ofOrder(orderId),
    paymentKey: `key of ${orderId}`,
    providerKey: 'k',
    requestedAt: at(minute),
  });
const approved = (orderId: string, minute: number, paymentKey: string | null = `key of ${orderId}`) =>
  fact('PaymentApproved', {
    ...ofOrder(orderId),
    paymentKey,
    cardAmount: 50_000,
    pointAmount: 0,
    method: '카드',
    receiptUrl: null,
    approvedAt: at(minute),
  });
const refund = (orderId: string, refundId: string, cardAmount: number, more: object = {}) =>
  fact('PaymentRefundRequested', {
    ...ofOrder(orderId),
    refundId,
    cardAmount,
    pointAmount: 0,
    reason: 'reservation_cancelled',
    providerKey: 'r',
    requestedAt: at(20),
    ...more,
  });
const refunded = (orderId: string, refundId: string, cardAmount: number) =>
  fact('PaymentRefunded', {
    ...ofOrder(orderId),
    refundId,
    cardAmount,
    pointAmount: 0,
    transactionKey: 'tx',
    refundedAt: at(21),
  });
const only = async (userId: UserId) => (await records.mine(userId, { limit: 10, cursor: undefined })).items[0];

describe('the payment records', () => {
  it('follow an order from its intent to its approval', async () => {
    await projection.deliver(prepared('order-a', user(1), 1, 7_000));
    expect(await records.mine(user(1), { limit: 10, cursor: undefined })).toEqual({ items: [], nextCursor: null });
    await projection.deliver(requested('order-a', 2));
    expect(await only(user(1))).toMatchObject({ status: 'pending', amount: 57_000, cardAmount: 50_000, pointAmount: 7_000 });
    await projection.deliver(approved('order-a', 3));
    expect(await only(user(1))).toEqual({
      orderId: 'order-a',
      kind: 'booking',
      reservationId,
      status: 'confirmed',
      amount: 57_000,
      cardAmount: 50_000,
      pointAmount: 7_000,
      refundAmount: 0,
      method: '카드',
      receiptUrl: null,
      failureCode: null,
      createdAt: at(1),
      approvedAt: at(3),
    });
  });

  it('tell what was given back from what still is to be', async () => {
    await projection.deliver(prepared('order-r', user(2), 1), requested('order-r', 2), approved('order-r', 3));
    await projection.deliver(refund('order-r', 'good', 1_000, { reason: 'goodwill' }), refunded('order-r', 'good', 1_000));
    expect(await only(user(2))).toMatchObject({ status: 'confirmed', refundAmount: 1_000 });
    await projection.deliver(refund('order-r', 'cancel', 40_000));
    expect(await only(user(2))).toMatchObject({ status: 'cancelled', refundAmount: 1_000 });
    await projection.deliver(refunded('order-r', 'cancel', 40_000));
    expect(await only(user(2))).toMatchObject({ status: 'cancelled', refundAmount: 41_000 });
    await projection.deliver(refund('order-r', 'rest', 9_000));
    expect(await only(user(2))).toMatchObject({ status: 'cancelled', refundAmount: 41_000 });
    await projection.deliver(refunded('order-r', 'rest', 9_000));
    expect(await only(user(2))).toMatchObject({ status: 'refunded', refundAmount: 50_000 });
  });

  it('keep declines, abandonments, waiting deposits and bought points', async () => {
    const waiting = fact('VirtualAccountIssued', { ...ofOrder('order-v'), paymentKey: 'k', dueBy: at(50), issuedAt: at(6) });
    const charge = { orderId: 'pts_000001', userId: user(3) };
    await projection.deliver(
      prepared('order-d', user(3), 1),
      requested('order-d', 1),
      fact('PaymentDeclined', { ...ofOrder('order-d'), pointAmount: 0, code: 'REJECT_CARD_PAYMENT', declinedAt: at(2) }),
      prepared('order-b', user(3), 3),
      fact('PaymentAbandoned', { ...ofOrder('order-b'), pointAmount: 0, abandonedAt: at(4) }),
      prepared('order-v', user(3), 5),
      waiting,
      fact('PointChargePrepared', { ...charge, amount: 10_000, preparedAt: at(7) }),
      fact('PointChargeRequested', { ...charge, paymentKey: 'key of points', providerKey: 'k', requestedAt: at(8) }),
      fact('PointChargeApproved', {
        ...charge,
        paymentKey: 'key of points',
        amount: 10_000,
        method: null,
        receiptUrl: null,
        approvedAt: at(9),
      }),
      fact('PointChargePrepared', { ...charge, orderId: 'pts_000002', amount: 10_000, preparedAt: at(10) }),
      fact('PointChargeDeclined', { ...charge, orderId: 'pts_000002', code: 'NO', declinedAt: at(11) }),
    );
    const { items } = await records.mine(user(3), { limit: 10, cursor: undefined });
    expect(items.map(({ orderId, kind, status, failureCode }) => [orderId, kind, status, failureCode])).toEqual([
      ['pts_000002', 'points', 'failed', 'NO'],
      ['pts_000001', 'points', 'confirmed', null],
      ['order-v', 'booking', 'pending', null],
      ['order-b', 'booking', 'failed', null],
      ['order-d', 'booking', 'failed', 'REJECT_CARD_PAYMENT'],
    ]);
    expect(items[1]).toMatchObject({ reservationId: null, amount: 10_000, cardAmount: 10_000 });
  });

  it('take a late approval of a declined order for the truth', async () => {
    await projection.deliver(approved('order-d', 30));
    const { items } = await records.mine(user(3), { limit: 10, cursor: undefined });
    expect(items.find(({ orderId }) => orderId === 'order-d')).toMatchObject({ status: 'confirmed', failureCode: null });
  });

  it('page through one buyer’s own, newest first', async () => {
    const orders = Array.from({ length: 7 }, (_, n) => `order-p${n}`);
    // two of one minute: the order's id decides
    await projection.deliver(...orders.flatMap((id, n) => [prepared(id, user(4), Math.floor(n / 2)), requested(id, 10)]));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await records.mine(user(4), { limit: 3, cursor });
      seen.push(...page.items.map(({ orderId }) => orderId));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(['order-p6', 'order-p5', 'order-p4', 'order-p3', 'order-p2', 'order-p1', 'order-p0']);
    await expect(records.mine(user(4), { limit: 3, cursor: 'bm90' })).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
  });

  it('find an order by its payment key, without keeping the key', async () => {
    expect(await records.orderByPaymentKey(PaymentKey.parse('key of order-a'))).toEqual({
      orderId: OrderId.parse('order-a'),
      userId: user(1),
    });
    expect(await records.orderByPaymentKey(PaymentKey.parse('nobody’s'))).toBeUndefined();
    const rows = await db.selectFrom('payments').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain('key of');
  });

  it('let facts of unknown orders pass', async () => {
    await projection.deliver(requested('order-none', 1), approved('order-none', 2, null), refunded('order-none', 'x', 1));
    expect(await db.selectFrom('payments').selectAll().where('order_id', '=', 'order-none').execute()).toEqual([]);
  });

  it('have had every handler reached', () => expect(projection.unreached()).toEqual([]));
});
