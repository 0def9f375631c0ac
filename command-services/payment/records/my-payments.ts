import type { PaymentList, PaymentListItem } from '@tiketi/shared-kernel/contracts/http/payments.js';
import { OrderId, type PaymentKey, ReservationId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { instantOf } from '@tiketi/shared-kernel/contracts/time.js';
import { ProblemError } from '@tiketi/shared-kernel/service/problem.js';
import { type Kysely, type Selectable, sql } from 'kysely';
import { z } from 'zod';
import { paymentKeyHash } from './projection.js';
import type { RecordTables } from './tables.js';

type Row = Selectable<RecordTables['payments']> & {
  refunded: string;
  /** Something was given back, or is to be, for another reason than goodwill. */
  givenUp: boolean;
  openRefunds: boolean;
};

const Place = z.tuple([z.int().nonnegative().max(3e14), OrderId]);

const placeIn = (cursor: string): z.infer<typeof Place> => {
  try {
    return Place.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw new ProblemError(400, 'CURSOR_INVALID', { title: { ko: '잘못된 커서입니다.', en: 'The cursor is not one of ours.' } });
  }
};

/** As `GET /api/payments/order/:orderId` says it. */
const statusOf = ({ status, givenUp, openRefunds, refunded, card_amount, point_amount }: Row): PaymentListItem['status'] => {
  switch (status) {
    case 'prepared':
    case 'requested':
    case 'awaiting_deposit':
      return 'pending';
    case 'declined':
    case 'abandoned':
      return 'failed';
    case 'approved':
      if (!openRefunds && Number(refunded) === Number(card_amount) + Number(point_amount)) return 'refunded';
      return givenUp ? 'cancelled' : 'confirmed';
  }
};

const itemOf = (row: Row): PaymentListItem => ({
  orderId: OrderId.parse(row.order_id),
  kind: row.kind,
  reservationId: row.reservation_id === null ? null : ReservationId.parse(row.reservation_id),
  status: statusOf(row),
  amount: Number(row.card_amount) + Number(row.point_amount),
  cardAmount: Number(row.card_amount),
  pointAmount: Number(row.point_amount),
  refundAmount: Number(row.refunded),
  method: row.method,
  receiptUrl: row.receipt_url,
  failureCode: row.failure_code,
  createdAt: instantOf(row.prepared_at.getTime()),
  approvedAt: row.approved_at === null ? null : instantOf(row.approved_at.getTime()),
});

/** Questions to the records, as far as their consumer has read. */
export const createPaymentRecords = (db: Kysely<RecordTables>) => ({
  /** A buyer's own orders that were ever meant to be paid, newest first. Throws 400 CURSOR_INVALID. */
  mine: async (userId: UserId, page: { readonly limit: number; readonly cursor: string | undefined }): Promise<PaymentList> => {
    const place = page.cursor === undefined ? undefined : placeIn(page.cursor);
    const after =
      place === undefined ? sql`` : sql`and (p.prepared_at, p.order_id) < (${new Date(place[0])}::timestamptz, ${place[1]})`;
    const { rows } = await sql<Row>`
      select p.*, r.* from payments p,
        lateral (
          select coalesce(sum(card_amount + point_amount) filter (where refunded_at is not null), 0) as refunded,
            coalesce(bool_or(reason <> 'goodwill'), false) as "givenUp",
            coalesce(bool_or(refunded_at is null), false) as "openRefunds"
          from refunds where refunds.order_id = p.order_id) r
      where p.user_id = ${userId}::uuid and p.status <> 'prepared' ${after}
      order by p.prepared_at desc, p.order_id desc limit ${page.limit + 1}`.execute(db);
    const shown = rows.slice(0, page.limit);
    const last = shown.at(-1);
    const more = rows.length > page.limit && last !== undefined;
    const nextCursor = more
      ? Buffer.from(JSON.stringify([last.prepared_at.getTime(), last.order_id] satisfies z.input<typeof Place>)).toString(
          'base64url',
        )
      : null;
    return { items: shown.map(itemOf), nextCursor };
  },

  /** Whose order a payment key belongs to; the caller compares the owner. */
  orderByPaymentKey: async (
    paymentKey: PaymentKey,
  ): Promise<{ readonly orderId: OrderId; readonly userId: UserId } | undefined> => {
    const row = await db
      .selectFrom('payments')
      .select(['order_id', 'user_id'])
      .where('payment_key_hash', '=', paymentKeyHash(paymentKey))
      // a key tried for one order and charged for another is the charged one's
      .orderBy(sql`approved_at is null`)
      .orderBy('prepared_at', 'desc')
      .executeTakeFirst();
    return row === undefined ? undefined : { orderId: OrderId.parse(row.order_id), userId: UserId.parse(row.user_id) };
  },
});

export type PaymentRecords = ReturnType<typeof createPaymentRecords>;
