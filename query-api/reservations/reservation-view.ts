import type { TicketsTables } from '@tiketi/projectors/tickets/schema.js';
import type { LocalizedText } from '@tiketi/shared-kernel/contracts/events/show.js';
import type { ReservationView } from '@tiketi/shared-kernel/contracts/http/reservations.js';
import { OrderId, PerformanceId, ReservationId, ReservationNumber, ShowId } from '@tiketi/shared-kernel/contracts/ids.js';
import { instantOf } from '@tiketi/shared-kernel/contracts/time.js';
import type { Selectable } from 'kysely';
import type { z } from 'zod';
import type { Tickets } from '../database.js';

type Row = Selectable<TicketsTables['reservations']> & {
  title: LocalizedText | null;
  venue: LocalizedText | null;
  starts_at: Date | null;
};

/** Reservations with what their show is called; narrow it to one buyer before anything else. */
export const reservationsIn = (db: Tickets) =>
  db
    .withSchema('tickets')
    .selectFrom('reservations as r')
    .leftJoin('shows as s', 's.id', 'r.show_id')
    .leftJoin('performances as p', 'p.id', 'r.performance_id')
    .selectAll('r')
    .select(['s.title', 's.venue', 'p.starts_at']);

const instant = (date: Date) => instantOf(date.getTime());

const showOf = ({ title, venue, starts_at }: Row): z.infer<typeof ReservationView>['event'] =>
  title === null || venue === null || starts_at === null ? null : { title, venue, startsAt: instant(starts_at) };

export const viewOf = (row: Row): z.infer<typeof ReservationView> => ({
  id: ReservationId.parse(row.id),
  reservationNumber: ReservationNumber.parse(row.reservation_number),
  eventId: ShowId.parse(row.show_id),
  performanceId: PerformanceId.parse(row.performance_id),
  status: row.status,
  cancelCause: row.cancel_cause,
  paymentStatus: row.payment_status,
  orderId: row.order_id === null ? null : OrderId.parse(row.order_id),
  items: row.items,
  totalAmount: Number(row.total_amount),
  refundedAmount: Number(row.refunded_amount),
  createdAt: instant(row.created_at),
  updatedAt: instant(row.updated_at),
  expiresAt: instant(row.expires_at),
  event: showOf(row),
});
