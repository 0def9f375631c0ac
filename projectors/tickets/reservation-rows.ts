import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import type { PaymentEvent } from '@tiketi/shared-kernel/contracts/events/payment.js';
import type { ReservationEvent } from '@tiketi/shared-kernel/contracts/events/reservation.js';
import type { ReservedItem } from '@tiketi/shared-kernel/contracts/http/reservations.js';
import type { Recorded } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import { sql, type Transaction } from 'kysely';
import type { TicketsTables } from './schema.js';

type BookingEvent = InventoryEvent | ReservationEvent | PaymentEvent;
type Of<T extends BookingEvent['type']> = Recorded<Extract<BookingEvent, { type: T }>>;
type Handler<T extends BookingEvent['type']> = (tx: Transaction<TicketsTables>, events: readonly Of<T>[]) => Promise<void>;

/** To the millisecond, so that a cursor made from a row's time finds its place again. */
const time = (instant: string): string => new Date(instant).toISOString();

/** The later of two events about one reservation counts; an UPDATE from a list would pick either. */
const lastOfEach = <E extends { readonly data: { readonly reservationId: string } }>(events: readonly E[]): E[] => [
  ...new Map(events.map((event) => [event.data.reservationId, event])).values(),
];

const itemsOf = ({ data }: Of<'SeatsHeld'>): string => {
  const seats: ReservedItem[] = data.seats.map(({ seatId, price }) => ({
    seatId,
    ticketTypeId: null,
    quantity: 1,
    unitPrice: price,
    subtotal: price,
  }));
  const places: ReservedItem[] = data.quantities.map(({ ticketTypeId, quantity, unitPrice }) => ({
    seatId: null,
    ticketTypeId,
    quantity,
    unitPrice,
    subtotal: quantity * unitPrice,
  }));
  return JSON.stringify([...seats, ...places]);
};

/** All that a batch gave back of each order. */
const refundsOf = (events: readonly Of<'PaymentRefunded'>[]) => {
  const refunds = new Map<string, { id: string; order: string; amount: number; at: string }>();
  for (const { data } of events) {
    const { reservationId: id, orderId: order, cardAmount, pointAmount, refundedAt: at } = data;
    refunds.set(order, { id, order, amount: (refunds.get(order)?.amount ?? 0) + cardAmount + pointAmount, at });
  }
  return [...refunds.values()];
};

/** Set-based handlers over the reservations table of a schema, one per event type that changes it. */
export const reservationHandlers = (schema: string) => {
  const table = sql.table(`${schema}.reservations`);

  const held: Handler<'SeatsHeld'> = async (tx, events) => {
    const of = <T>(column: (event: Of<'SeatsHeld'>) => T): T[] => events.map(column);
    await sql`
      INSERT INTO ${table} (id, reservation_number, user_id, show_id, performance_id, status, payment_status, items, total_amount,
        expires_at, created_at, updated_at)
      SELECT id, number, buyer, show, performance, 'pending', 'pending', items, total, expires_at, held_at, held_at
      FROM unnest(
        ${of(({ data }) => data.reservationId)}::uuid[], ${of(({ data }) => data.reservationNumber)}::text[],
        ${of(({ data }) => data.userId)}::uuid[], ${of(({ data }) => data.showId)}::uuid[],
        ${of(({ data }) => data.performanceId)}::uuid[], ${of(itemsOf)}::jsonb[], ${of(({ data }) => data.totalAmount)}::bigint[],
        ${of(({ data }) => time(data.holdUntil))}::timestamptz[], ${of(({ data }) => time(data.heldAt))}::timestamptz[]
      ) AS held (id, number, buyer, show, performance, items, total, expires_at, held_at)
      ON CONFLICT (id) DO NOTHING`.execute(tx);
  };

  const expired: Handler<'ReservationExpired'> = async (tx, events) => {
    await sql`
      UPDATE ${table} r SET status = 'expired', updated_at = c.at
      FROM unnest(
        ${events.map(({ data }) => data.reservationId)}::uuid[], ${events.map(({ data }) => time(data.expiredAt))}::timestamptz[]
      ) AS c (id, at)
      WHERE r.id = c.id`.execute(tx);
  };

  /** The money may have gone back before, where the provider gave it back without being asked. */
  const cancelled: Handler<'ReservationCancelled'> = async (tx, events) => {
    const rows = lastOfEach(events);
    await sql`
      UPDATE ${table} r
      SET status = 'cancelled', cancel_cause = c.cause, refund_due = c.due, updated_at = c.at,
        payment_status = CASE WHEN c.due > 0 AND r.refunded_amount >= c.due THEN 'refunded' ELSE r.payment_status END
      FROM unnest(
        ${rows.map(({ data }) => data.reservationId)}::uuid[], ${rows.map(({ data }) => data.cause)}::text[],
        ${rows.map(({ data }) => data.refund?.amount ?? null)}::bigint[], ${rows.map(({ data }) => time(data.cancelledAt))}::timestamptz[]
      ) AS c (id, cause, due, at)
      WHERE r.id = c.id`.execute(tx);
  };

  /** A refund of a reservation that stands is a kindness; of one that is closed it ends the payment once all that is due went back. */
  const refunded: Handler<'PaymentRefunded'> = async (tx, events) => {
    const rows = refundsOf(events);
    await sql`
      UPDATE ${table} r
      SET refunded_amount = r.refunded_amount + c.amount, updated_at = c.at,
        payment_status = CASE
          WHEN r.status = 'confirmed' OR r.refunded_amount + c.amount < r.refund_due THEN r.payment_status ELSE 'refunded' END
      FROM unnest(
        ${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ order }) => order)}::text[],
        ${rows.map(({ amount }) => amount)}::bigint[], ${rows.map(({ at }) => time(at))}::timestamptz[]
      ) AS c (id, order_id, amount, at)
      WHERE r.id = c.id AND r.order_id = c.order_id`.execute(tx);
  };

  const confirmed: Handler<'ReservationConfirmed'> = async (tx, events) => {
    const rows = lastOfEach(events);
    await sql`
      UPDATE ${table} r SET status = 'confirmed', payment_status = 'completed', order_id = c.order_id, updated_at = c.at
      FROM unnest(
        ${rows.map(({ data }) => data.reservationId)}::uuid[], ${rows.map(({ data }) => data.orderId)}::text[],
        ${rows.map(({ data }) => time(data.confirmedAt))}::timestamptz[]
      ) AS c (id, order_id, at)
      WHERE r.id = c.id`.execute(tx);
  };

  const paymentStarted: Handler<'PaymentStarted'> = async (tx, events) => {
    const rows = lastOfEach(events);
    await sql`
      UPDATE ${table} r SET payment_status = 'pending', order_id = c.order_id, updated_at = c.at
      FROM unnest(
        ${rows.map(({ data }) => data.reservationId)}::uuid[], ${rows.map(({ data }) => data.orderId)}::text[],
        ${rows.map(({ data }) => time(data.startedAt))}::timestamptz[]
      ) AS c (id, order_id, at)
      WHERE r.id = c.id`.execute(tx);
  };

  const depositAwaited: Handler<'DepositAwaited'> = async (tx, events) => {
    const rows = lastOfEach(events);
    await sql`
      UPDATE ${table} r SET expires_at = c.due_by, updated_at = c.at
      FROM unnest(
        ${rows.map(({ data }) => data.reservationId)}::uuid[], ${rows.map(({ data }) => data.orderId)}::text[],
        ${rows.map(({ data }) => time(data.dueBy))}::timestamptz[], ${rows.map(({ data }) => time(data.awaitedAt))}::timestamptz[]
      ) AS c (id, order_id, due_by, at)
      WHERE r.id = c.id AND r.order_id = c.order_id`.execute(tx);
  };

  /** An order that is not the reservation's present one says nothing of how it stands now. */
  const settled = async (
    tx: Transaction<TicketsTables>,
    status: 'completed' | 'failed',
    rows: readonly { readonly id: string; readonly order: string; readonly at: string }[],
  ): Promise<void> => {
    await sql`
      UPDATE ${table} r SET payment_status = ${status}, updated_at = c.at
      FROM unnest(
        ${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ order }) => order)}::text[],
        ${rows.map(({ at }) => time(at))}::timestamptz[]
      ) AS c (id, order_id, at)
      WHERE r.id = c.id AND r.order_id = c.order_id`.execute(tx);
  };

  const attemptFailed: Handler<'PaymentAttemptFailed'> = (tx, events) =>
    settled(
      tx,
      'failed',
      events.map(({ data }) => ({ id: data.reservationId, order: data.orderId, at: data.failedAt })),
    );
  const approved: Handler<'PaymentApproved'> = (tx, events) =>
    settled(
      tx,
      'completed',
      events.map(({ data }) => ({ id: data.reservationId, order: data.orderId, at: data.approvedAt })),
    );

  return { held, confirmed, paymentStarted, depositAwaited, attemptFailed, approved, refunded, cancelled, expired };
};
