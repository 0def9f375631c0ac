import { z } from 'zod';
import { OrderId, PerformanceId, ReservationId, ReservationNumber, SeatId, ShowId } from '../ids.js';
import { Instant } from '../time.js';

export const ReserveRequest = z.strictObject({
  performanceId: PerformanceId,
  seatIds: z
    .array(SeatId)
    .min(1)
    .max(20)
    .refine((ids) => new Set(ids).size === ids.length, 'a seat is named twice'),
});
export type ReserveRequest = z.infer<typeof ReserveRequest>;

export const ReservedItem = z.object({ seatId: SeatId, quantity: z.literal(1), unitPrice: z.int(), subtotal: z.int() });

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
export const PaymentStatus = z.enum(['pending', 'completed', 'failed', 'refunded']);

/** A reservation as its buyer reads it: `/api/reservations/my` and `/api/reservations/:id`. */
export const ReservationView = z.object({
  id: ReservationId,
  reservationNumber: ReservationNumber,
  eventId: ShowId,
  performanceId: PerformanceId,
  status: ReservationStatus,
  paymentStatus: PaymentStatus,
  orderId: OrderId.nullable(),
  items: z.array(ReservedItem),
  totalAmount: z.int(),
  createdAt: Instant,
  updatedAt: Instant,
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

export const ReservationList = z.object({ items: z.array(ReservationView), nextCursor: z.string().nullable() });
