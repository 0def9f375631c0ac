import { z } from 'zod';
import { LayoutId, OrderId, PerformanceId, ReservationId, ReservationNumber, SeatId, ShowId, UserId } from '../ids.js';
import { Won } from '../money.js';
import { Instant } from '../time.js';
import { defineEvent, type EventOf } from './definition.js';
import { PricedSection } from './layout.js';
import { SaleTerms } from './show.js';

export const PricedSeat = z.object({ seatId: SeatId, price: Won });
export type PricedSeat = z.infer<typeof PricedSeat>;

export const inventoryEvents = {
  InventoryOpened: defineEvent(
    1,
    z.object({
      performanceId: PerformanceId,
      showId: ShowId,
      layoutId: LayoutId,
      startsAt: Instant,
      sections: z.array(PricedSection).min(1),
      terms: SaleTerms,
      openedAt: Instant,
    }),
  ),
  /** The one commit point of a booking: it carries all that the reservation, expiry and the tickets need. */
  SeatsHeld: defineEvent(
    1,
    z.object({
      performanceId: PerformanceId,
      showId: ShowId,
      reservationId: ReservationId,
      reservationNumber: ReservationNumber,
      userId: UserId,
      seats: z.array(PricedSeat).min(1),
      totalAmount: Won,
      heldAt: Instant,
      holdUntil: Instant,
    }),
  ),
  SeatsSold: defineEvent(
    1,
    z.object({ performanceId: PerformanceId, reservationId: ReservationId, orderId: OrderId, soldAt: Instant }),
  ),
  SeatsReleased: defineEvent(
    1,
    z.object({
      performanceId: PerformanceId,
      reservationId: ReservationId,
      reason: z.enum(['expired', 'cancelled']),
      releasedAt: Instant,
    }),
  ),
  SalesCancelled: defineEvent(1, z.object({ performanceId: PerformanceId, cancelledAt: Instant })),
};
export type InventoryEvent = EventOf<typeof inventoryEvents>;
