import { z } from 'zod';
import { OrderId, PerformanceId, ReservationId, ReservationNumber, SeatId, ShowId, TicketTypeId } from '../ids.js';
import { Instant } from '../time.js';

const distinct = (ids: readonly string[]): boolean => new Set(ids).size === ids.length;

/**
 * What a buyer wants of one performance: named seats, places of ticket types, or the best seats there are side by side, of a grade or of any.
 * Named seats and places may be wanted together; best seats stand alone.
 */
export const ReserveRequest = z
  .strictObject({
    performanceId: PerformanceId,
    seatIds: z.array(SeatId).max(20).refine(distinct, 'a seat is named twice').default([]),
    tickets: z
      .array(z.strictObject({ ticketTypeId: TicketTypeId, quantity: z.int().min(1).max(20) }))
      .max(20)
      .refine((tickets) => distinct(tickets.map(({ ticketTypeId }) => ticketTypeId)), 'a ticket type is named twice')
      .default([]),
    bestAvailable: z.strictObject({ count: z.int().min(1).max(20), grade: z.string().min(1).max(20).optional() }).optional(),
    /** From the waiting queue, where the show has one (see entry-token.ts). */
    entryToken: z.string().max(4096).optional(),
  })
  .refine(
    ({ seatIds, tickets, bestAvailable }) => (bestAvailable === undefined) === seatIds.length + tickets.length > 0,
    'name seats or tickets, or ask for the best available ones',
  );
export type ReserveRequest = z.infer<typeof ReserveRequest>;

/** One line of a reservation: a seat, or places of a ticket type. */
export const ReservedItem = z.object({
  seatId: SeatId.nullable(),
  ticketTypeId: TicketTypeId.nullable(),
  quantity: z.int(),
  unitPrice: z.int(),
  subtotal: z.int(),
});
export type ReservedItem = z.infer<typeof ReservedItem>;

/** Answer to a reservation. `position` is the commit position to give a query that must see it (`?position=`). */
export const Reserved = z.object({
  id: ReservationId,
  reservationNumber: ReservationNumber,
  performanceId: PerformanceId,
  eventId: ShowId,
  status: z.literal('pending'),
  items: z.array(ReservedItem),
  totalAmount: z.int(),
  expiresAt: Instant,
  position: z.string(),
});
export type Reserved = z.infer<typeof Reserved>;

export const ReservationStatus = z.enum(['pending', 'confirmed', 'cancelled', 'expired']);
/** `refunded` once all that is due to a closed reservation has gone back; a confirmed one stays `completed` whatever is given back of it. */
export const PaymentStatus = z.enum(['pending', 'completed', 'failed', 'refunded']);

/** A reservation as its buyer reads it: `/api/reservations/my` and `/api/reservations/:id`. */
export const ReservationView = z.object({
  id: ReservationId,
  reservationNumber: ReservationNumber,
  eventId: ShowId,
  performanceId: PerformanceId,
  status: ReservationStatus,
  /** Why it was cancelled; null where it was not. */
  cancelCause: z.enum(['buyer', 'show_cancelled', 'refunded_outside']).nullable(),
  paymentStatus: PaymentStatus,
  orderId: OrderId.nullable(),
  items: z.array(ReservedItem),
  totalAmount: z.int(),
  /** Given back so far, card and points together. */
  refundedAmount: z.int(),
  createdAt: Instant,
  updatedAt: Instant,
  /** The end of the hold, or the due date of a virtual account that was issued. */
  expiresAt: Instant,
  event: z
    .object({
      title: z.object({ ko: z.string(), en: z.string() }),
      venue: z.object({ ko: z.string(), en: z.string() }),
      startsAt: Instant,
    })
    .nullable(),
});
export type ReservationView = z.infer<typeof ReservationView>;

/**
 * What the refund policy gives back of the whole booking now, and by `POST /api/reservations/:id/cancel`. Parts staff gave back before are
 * not in it: what then comes is `refundAmount`, but never more than is left of what was paid.
 */
export const CancellationQuote = z.object({
  refundAmount: z.int(),
  fee: z.int(),
  policyVersion: z.int(),
});
export type CancellationQuote = z.infer<typeof CancellationQuote>;

/** Answer to a cancellation. `refund` is null where nothing had been paid. */
export const Cancelled = z.object({
  id: ReservationId,
  status: z.literal('cancelled'),
  refund: CancellationQuote.nullable(),
  position: z.string(),
});

export const ReservationList = z.object({ items: z.array(ReservationView), nextCursor: z.string().nullable() });
