import { createHash } from 'node:crypto';
import { paymentEvents } from '@tiketi/shared-kernel/contracts/events/payment.js';
import { pointChargeEvents } from '@tiketi/shared-kernel/contracts/events/point-charge.js';
import type { OrderId, PaymentKey } from '@tiketi/shared-kernel/contracts/ids.js';
import { createCodec } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import { defineProjection, type Projection } from '@tiketi/shared-kernel/event-sourcing/projections/projection.js';
import { sql, type Transaction } from 'kysely';
import type { RecordStatus, RecordTables } from './tables.js';

const recordedEvents = { ...paymentEvents, ...pointChargeEvents };

type Tx = Transaction<RecordTables>;

type Prepared = {
  readonly orderId: OrderId;
  readonly kind: 'booking' | 'points';
  readonly userId: string;
  readonly reservationId: string | null;
  readonly cardAmount: number;
  readonly pointAmount: number;
  readonly preparedAt: string;
};

/** How an order is found by its payment key, without keeping the key. */
export const paymentKeyHash = (paymentKey: PaymentKey): Buffer => createHash('sha256').update(paymentKey).digest();

const insert = async (tx: Tx, orders: readonly Prepared[]): Promise<void> => {
  await sql`
    insert into payments (order_id, kind, user_id, reservation_id, card_amount, point_amount, status, prepared_at, updated_at)
    select order_id, kind, user_id, reservation_id, card, points, 'prepared', at, at from unnest(
      ${orders.map((o) => o.orderId)}::text[],
      ${orders.map((o) => o.kind)}::text[],
      ${orders.map((o) => o.userId)}::uuid[],
      ${orders.map((o) => o.reservationId)}::uuid[],
      ${orders.map((o) => o.cardAmount)}::bigint[],
      ${orders.map((o) => o.pointAmount)}::bigint[],
      ${orders.map((o) => o.preparedAt)}::timestamptz[]) as o (order_id, kind, user_id, reservation_id, card, points, at)
    on conflict (order_id) do nothing`.execute(tx);
};

const request = async (
  tx: Tx,
  asked: readonly { readonly orderId: OrderId; readonly paymentKey: PaymentKey; readonly requestedAt: string }[],
): Promise<void> => {
  await sql`
    update payments p set status = 'requested', payment_key_hash = r.hash, requested_at = r.at, updated_at = r.at
    from unnest(
      ${asked.map((one) => one.orderId)}::text[],
      ${asked.map((one) => paymentKeyHash(one.paymentKey))}::bytea[],
      ${asked.map((one) => one.requestedAt)}::timestamptz[]) as r (order_id, hash, at)
    where p.order_id = r.order_id`.execute(tx);
};

type Approval = {
  readonly orderId: OrderId;
  readonly paymentKey: PaymentKey | null;
  readonly method: string | null;
  readonly receiptUrl: string | null;
  readonly approvedAt: string;
};

const approve = async (tx: Tx, approvals: readonly Approval[]): Promise<void> => {
  await sql`
    update payments p set status = 'approved', payment_key_hash = coalesce(a.hash, p.payment_key_hash), method = a.method,
      receipt_url = a.receipt_url, failure_code = null, approved_at = a.at, updated_at = a.at
    from unnest(
      ${approvals.map((one) => one.orderId)}::text[],
      ${approvals.map((one) => (one.paymentKey === null ? null : paymentKeyHash(one.paymentKey)))}::bytea[],
      ${approvals.map((one) => one.method)}::text[],
      ${approvals.map((one) => one.receiptUrl)}::text[],
      ${approvals.map((one) => one.approvedAt)}::timestamptz[]) as a (order_id, hash, method, receipt_url, at)
    where p.order_id = a.order_id`.execute(tx);
};

const enter = async (
  tx: Tx,
  status: RecordStatus,
  changes: readonly { readonly orderId: OrderId; readonly at: string; readonly code?: string }[],
): Promise<void> => {
  await sql`
    update payments p set status = ${status}, failure_code = c.code, updated_at = c.at
    from unnest(
      ${changes.map((one) => one.orderId)}::text[],
      ${changes.map((one) => one.code ?? null)}::text[],
      ${changes.map((one) => one.at)}::timestamptz[]) as c (order_id, code, at)
    where p.order_id = c.order_id`.execute(tx);
};

/** Every order of this service as its stream tells it: what a buyer's list, a look-up by payment key and the reconciliation read. */
export const paymentRecords: Projection = defineProjection<RecordTables, typeof recordedEvents>({
  name: 'payments',
  version: 1,
  events: createCodec(recordedEvents),
  keyOf: ({ data }) => data.orderId,
  onFailure: 'park',
  order: 'key',
  handlers: {
    PaymentPrepared: (tx, events) =>
      insert(
        tx,
        events.map(({ data }) => ({ ...data, kind: 'booking' })),
      ),
    PointChargePrepared: (tx, events) =>
      insert(
        tx,
        events.map(({ data }) => ({ ...data, kind: 'points', reservationId: null, cardAmount: data.amount, pointAmount: 0 })),
      ),
    PaymentConfirmRequested: (tx, events) =>
      request(
        tx,
        events.map(({ data }) => data),
      ),
    PointChargeRequested: (tx, events) =>
      request(
        tx,
        events.map(({ data }) => data),
      ),
    VirtualAccountIssued: (tx, events) =>
      enter(
        tx,
        'awaiting_deposit',
        events.map(({ data }) => ({ orderId: data.orderId, at: data.issuedAt })),
      ),
    PaymentApproved: (tx, events) =>
      approve(
        tx,
        events.map(({ data }) => data),
      ),
    PointChargeApproved: (tx, events) =>
      approve(
        tx,
        events.map(({ data }) => data),
      ),
    PaymentDeclined: (tx, events) =>
      enter(
        tx,
        'declined',
        events.map(({ data }) => ({ orderId: data.orderId, at: data.declinedAt, code: data.code })),
      ),
    PointChargeDeclined: (tx, events) =>
      enter(
        tx,
        'declined',
        events.map(({ data }) => ({ orderId: data.orderId, at: data.declinedAt, code: data.code })),
      ),
    PaymentAbandoned: (tx, events) =>
      enter(
        tx,
        'abandoned',
        events.map(({ data }) => ({ orderId: data.orderId, at: data.abandonedAt })),
      ),
    PaymentRefundRequested: async (tx, events) => {
      await tx
        .insertInto('refunds')
        .values(
          events.map(({ data }) => ({
            order_id: data.orderId,
            refund_id: data.refundId,
            card_amount: String(data.cardAmount),
            point_amount: String(data.pointAmount),
            reason: data.reason,
            requested_at: new Date(data.requestedAt),
            refunded_at: null,
          })),
        )
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    PaymentRefunded: async (tx, events) => {
      await sql`
        update refunds r set refunded_at = d.at
        from unnest(
          ${events.map(({ data }) => data.orderId)}::text[],
          ${events.map(({ data }) => data.refundId)}::text[],
          ${events.map(({ data }) => data.refundedAt)}::timestamptz[]) as d (order_id, refund_id, at)
        where r.order_id = d.order_id and r.refund_id = d.refund_id`.execute(tx);
    },
    // the order stays approved in its stream; the reconciliation and an alarm tell of it
    DepositReversed: 'ignored',
  },
});
