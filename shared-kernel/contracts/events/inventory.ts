import { z } from 'zod';
import {
  LayoutId,
  OrderId,
  PerformanceId,
  ReservationId,
  ReservationNumber,
  SeatId,
  ShowId,
  TicketTypeId,
  UserId,
} from '../ids.js';
import { Won } from '../money.js';
import { Instant } from '../time.js';
import { defineEvent, type EventOf } from './definition.js';
import { PricedSection, TicketType } from './layout.js';
import { SaleTerms, scheduleFrom1 } from './show.js';

export const PricedSeat = z.object({ seatId: SeatId, price: Won });
export type PricedSeat = z.infer<typeof PricedSeat>;

/** So many places of a ticket type, at the price of the moment of the hold. */
export const PricedQuantity = z.object({ ticketTypeId: TicketTypeId, quantity: z.int().min(1).max(100), unitPrice: Won });
export type PricedQuantity = z.infer<typeof PricedQuantity>;

/** The best seats there are, side by side: of a grade, or of any where it is null. */
export const BestAvailable = z.object({ count: z.int().min(1).max(20), grade: z.string().min(1).max(20).nullable() });
export type BestAvailable = z.infer<typeof BestAvailable>;

/** Version 1 of a hold was seats only, under the first refund policy, with no virtual account. */
export const holdFrom1 = (old: unknown): object => {
  const hold = old as { readonly holdUntil: string };
  return { ...hold, quantities: [], refundPolicyVersion: 1, depositUntil: hold.holdUntil };
};

const ofPerformance = { performanceId: PerformanceId };

export const inventoryEvents = {
  InventoryOpened: defineEvent(
    2,
    z.object({
      performanceId: PerformanceId,
      showId: ShowId,
      layoutId: LayoutId.nullable(),
      startsAt: Instant,
      sections: z.array(PricedSection),
      ticketTypes: z.array(TicketType),
      terms: SaleTerms,
      openedAt: Instant,
    }),
    { 1: scheduleFrom1 },
  ),
  /** The one commit point of a booking: it carries all that the reservation, expiry and the tickets need. */
  SeatsHeld: defineEvent(
    2,
    z.object({
      performanceId: PerformanceId,
      showId: ShowId,
      reservationId: ReservationId,
      reservationNumber: ReservationNumber,
      userId: UserId,
      /** Seats, places of ticket types, or both; never neither. */
      seats: z.array(PricedSeat),
      quantities: z.array(PricedQuantity),
      totalAmount: Won,
      heldAt: Instant,
      holdUntil: Instant,
      /** The latest due date a virtual account of this reservation may have. */
      depositUntil: Instant,
      refundPolicyVersion: z.int().min(1),
      /** What was asked for where the seats were chosen for the buyer: a repeat of the request is told by it from another. */
      bestAvailable: BestAvailable.optional(),
    }),
    { 1: holdFrom1 },
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
      /** `refunded`: sold before, its confirmed reservation was cancelled. */
      reason: z.enum(['expired', 'cancelled', 'refunded']),
      releasedAt: Instant,
    }),
  ),
  /** Kept from sale by an organiser; a sold seat never is. */
  SeatsBlocked: defineEvent(
    1,
    z.object({ ...ofPerformance, seatIds: z.array(SeatId).min(1), blockedBy: UserId, blockedAt: Instant }),
  ),
  SeatsUnblocked: defineEvent(
    1,
    z.object({ ...ofPerformance, seatIds: z.array(SeatId).min(1), unblockedBy: UserId, unblockedAt: Instant }),
  ),
  /** New sections after those there are, so that no seat's place in the order changes. */
  SectionsAdded: defineEvent(
    1,
    z.object({ ...ofPerformance, sections: z.array(PricedSection).min(1), addedBy: UserId, addedAt: Instant }),
  ),
  /** A new ticket type, or another price or number of places for one; never fewer than are held and sold. */
  TicketTypeSet: defineEvent(1, z.object({ ...ofPerformance, ticketType: TicketType, setBy: UserId, setAt: Instant })),
  /** From the next hold on; what is held keeps its price. */
  SectionPricesChanged: defineEvent(
    1,
    z.object({
      ...ofPerformance,
      prices: z.array(z.object({ section: z.string(), price: Won })).min(1),
      changedBy: UserId,
      changedAt: Instant,
    }),
  ),
  SaleTermsChanged: defineEvent(1, z.object({ ...ofPerformance, terms: SaleTerms, changedAt: Instant })),
  SalesClosed: defineEvent(1, z.object({ ...ofPerformance, closedBy: UserId, closedAt: Instant })),
  SalesReopened: defineEvent(1, z.object({ ...ofPerformance, reopenedBy: UserId, reopenedAt: Instant })),
  SalesCancelled: defineEvent(1, z.object({ performanceId: PerformanceId, cancelledAt: Instant })),
};
export type InventoryEvent = EventOf<typeof inventoryEvents>;
