import { z } from 'zod';
import { OrderId, PerformanceId, ReservationId, ReservationNumber, ShowId, UserId } from '../ids.js';
import { Won } from '../money.js';
import { Instant } from '../time.js';

export const ReservationSnapshot = z.object({
  reservationId: ReservationId,
  reservationNumber: ReservationNumber,
  userId: UserId,
  showId: ShowId,
  performanceId: PerformanceId,
  totalAmount: Won,
  seatCount: z.int(),
  holdUntil: Instant,
  status: z.enum(['pending', 'paying', 'confirmed', 'cancelled', 'expired']),
  orderId: OrderId.nullable(),
});
export type ReservationSnapshot = z.infer<typeof ReservationSnapshot>;

/** Commands between services, behind the service token. The order and the step are the command's id. */
export const StartPayment = z.strictObject({ orderId: OrderId, amount: Won });
export const ConfirmReservation = z.strictObject({ orderId: OrderId });
export const FailPayment = z.strictObject({ orderId: OrderId, reason: z.enum(['declined', 'abandoned']) });

/** `position` is null where nothing was appended because it was done already and its place is not known. */
export const CommandDone = z.object({ reservation: ReservationSnapshot, position: z.string().nullable() });

export type CommandDone = z.infer<typeof CommandDone>;

/** How an order stands after a step of the payment service. `open` means: ask again later. */
export const SettleAnswer = z.object({ status: z.enum(['approved', 'declined', 'abandoned', 'open', 'refunded']) });
export type SettleAnswer = z.infer<typeof SettleAnswer>;
