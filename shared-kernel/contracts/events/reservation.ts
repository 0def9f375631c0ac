import { z } from 'zod';
import { OrderId, PerformanceId, ReservationId, ReservationNumber, ShowId, UserId } from '../ids.js';
import { Won } from '../money.js';
import { Instant } from '../time.js';
import { defineEvent, type EventOf } from './definition.js';
import { holdFrom1, PricedQuantity, PricedSeat } from './inventory.js';

/** Before points could pay, an order had none. */
export const withoutPoints = (old: unknown): object => ({ ...(old as object), pointAmount: 0 });

export const reservationEvents = {
  /** Opened from `SeatsHeld` by the first command that needs the stream. */
  ReservationOpened: defineEvent(
    2,
    z.object({
      reservationId: ReservationId,
      reservationNumber: ReservationNumber,
      performanceId: PerformanceId,
      showId: ShowId,
      userId: UserId,
      seats: z.array(PricedSeat),
      quantities: z.array(PricedQuantity),
      totalAmount: Won,
      heldAt: Instant,
      holdUntil: Instant,
      depositUntil: Instant,
      refundPolicyVersion: z.int().min(1),
      openedAt: Instant,
    }),
    { 1: holdFrom1 },
  ),
  PaymentStarted: defineEvent(
    2,
    z.object({ reservationId: ReservationId, orderId: OrderId, pointAmount: Won, payBy: Instant, startedAt: Instant }),
    { 1: withoutPoints },
  ),
  /** A virtual account was issued: the payment has until its due date. */
  DepositAwaited: defineEvent(
    1,
    z.object({ reservationId: ReservationId, orderId: OrderId, dueBy: Instant, awaitedAt: Instant }),
  ),
  PaymentAttemptFailed: defineEvent(
    1,
    z.object({
      reservationId: ReservationId,
      orderId: OrderId,
      reason: z.enum(['declined', 'abandoned', 'cancelled']),
      failedAt: Instant,
    }),
  ),
  /** The commit point of a purchase. */
  ReservationConfirmed: defineEvent(
    2,
    z.object({
      reservationId: ReservationId,
      performanceId: PerformanceId,
      orderId: OrderId,
      pointAmount: Won,
      confirmedAt: Instant,
    }),
    { 1: withoutPoints },
  ),
  ReservationCancelled: defineEvent(
    2,
    z.object({
      reservationId: ReservationId,
      performanceId: PerformanceId,
      cancelledAt: Instant,
      cause: z.enum(['buyer', 'show_cancelled', 'refunded_outside']),
      /** What was paid and goes back: `amount` and `fee` add up to the reservation's total. Null where nothing was paid. */
      refund: z.object({ orderId: OrderId, amount: Won, fee: Won, policyVersion: z.int().min(1) }).nullable(),
    }),
    { 1: (old) => ({ ...(old as object), cause: 'buyer', refund: null }) },
  ),
  ReservationExpired: defineEvent(
    1,
    z.object({ reservationId: ReservationId, performanceId: PerformanceId, expiredAt: Instant }),
  ),
};
export type ReservationEvent = EventOf<typeof reservationEvents>;
