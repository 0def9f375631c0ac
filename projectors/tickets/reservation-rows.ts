import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import type { PaymentEvent } from '@tiketi/shared-kernel/contracts/events/payment.js';
import type { ReservationEvent } from '@tiketi/shared-kernel/contracts/events/reservation.js';
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

const itemsOf = ({ data }: Of<'SeatsHeld'>): string =>
  JSON.stringify(data.seats.map(({ seatId, price }) => ({ seatId, quantity: 1, unitPrice: price, subtotal: price })));

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

  const closed = async (
    tx: Transaction<TicketsTables>,
    status: 'cancelled' | 'expired',
    rows: readonly { readonly id: string; readonly at: string }[],
  ): Promise<void> => {
    await sql`
      UPDATE ${table} r SET status = ${status}, updated_at = c.at
      FROM unnest(${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ at }) => time(at))}::timestamptz[]) AS c (id, at)
      WHERE r.id = c.id`.execute(tx);
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

  /** An order that is not the reservation's present one says nothing of how it stands now. */
  const settled = async (
    tx: Transaction<TicketsTables>,
    status: 'completed' | 'failed' | 'refunded',
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
  const refunded: Handler<'PaymentRefunded'> = (tx, events) =>
    settled(
      tx,
      'refunded',
      events.map(({ data }) => ({ id: data.reservationId, order: data.orderId, at: data.refundedAt })),
    );
  const cancelled: Handler<'ReservationCancelled'> = (tx, events) =>
    closed(
      tx,
      'cancelled',
      events.map(({ data }) => ({ id: data.reservationId, at: data.cancelledAt })),
    );
  const expired: Handler<'ReservationExpired'> = (tx, events) =>
    closed(
      tx,
      'expired',
      events.map(({ data }) => ({ id: data.reservationId, at: data.expiredAt })),
    );

  return { held, confirmed, paymentStarted, attemptFailed, approved, refunded, cancelled, expired };
};
