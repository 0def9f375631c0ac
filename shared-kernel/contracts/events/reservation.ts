import { z } from 'zod';
import { OrderId, PerformanceId, ReservationId, ReservationNumber, ShowId, UserId } from '../ids.js';
import { Won } from '../money.js';
import { Instant } from '../time.js';
import { defineEvent, type EventOf } from './definition.js';
import { PricedSeat } from './inventory.js';

export const reservationEvents = {
  /** Opened from `SeatsHeld` by the first command that needs the stream. */
  ReservationOpened: defineEvent(
    1,
    z.object({
      reservationId: ReservationId,
      reservationNumber: ReservationNumber,
      performanceId: PerformanceId,
      showId: ShowId,
      userId: UserId,
      seats: z.array(PricedSeat).min(1),
      totalAmount: Won,
      heldAt: Instant,
      holdUntil: Instant,
      openedAt: Instant,
    }),
  ),
  PaymentStarted: defineEvent(
    1,
    z.object({ reservationId: ReservationId, orderId: OrderId, payBy: Instant, startedAt: Instant }),
  ),
  PaymentAttemptFailed: defineEvent(
    1,
    z.object({
      reservationId: ReservationId,
      orderId: OrderId,
      reason: z.enum(['declined', 'abandoned']),
      failedAt: Instant,
    }),
  ),
  /** The commit point of a purchase. */
  ReservationConfirmed: defineEvent(
    1,
    z.object({ reservationId: ReservationId, performanceId: PerformanceId, orderId: OrderId, confirmedAt: Instant }),
  ),
  ReservationCancelled: defineEvent(
    1,
    z.object({ reservationId: ReservationId, performanceId: PerformanceId, cancelledAt: Instant }),
  ),
  ReservationExpired: defineEvent(
    1,
    z.object({ reservationId: ReservationId, performanceId: PerformanceId, expiredAt: Instant }),
  ),
};
export type ReservationEvent = EventOf<typeof reservationEvents>;
