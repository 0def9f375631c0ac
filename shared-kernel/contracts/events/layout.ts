import { z } from 'zod';
import { LayoutId, TicketTypeId, UserId } from '../ids.js';
import { Won } from '../money.js';
import { Instant } from '../time.js';
import { defineEvent, type EventOf } from './definition.js';

/** A block of equal rows. Seats are numbered in this order: sections as listed, then rows, then seats. */
export const LayoutSection = z.strictObject({
  section: z.string().regex(/^[\p{L}\p{N}]{1,20}$/u),
  rows: z.int().min(1).max(9999),
  seatsPerRow: z.int().min(1).max(9999),
  grade: z.string().min(1).max(20),
});
export type LayoutSection = z.infer<typeof LayoutSection>;

/** A section of the layout with the price of its grade at this performance. */
export const PricedSection = z.object({
  section: z.string(),
  rows: z.int().min(1),
  seatsPerRow: z.int().min(1),
  grade: z.string(),
  price: Won,
});
export type PricedSection = z.infer<typeof PricedSection>;

/** General admission: so many places at a price, nobody's seat in particular. */
export const TicketType = z.object({
  ticketTypeId: TicketTypeId,
  name: z.string().min(1).max(40),
  price: Won,
  quantity: z.int().min(0).max(100_000),
});
export type TicketType = z.infer<typeof TicketType>;

export const layoutEvents = {
  SeatLayoutDefined: defineEvent(
    1,
    z.object({
      layoutId: LayoutId,
      name: z.string().min(1).max(200),
      description: z.string().max(2000),
      sections: z.array(LayoutSection).min(1).max(500),
      totalSeats: z.int().min(1).max(50_000),
      definedBy: UserId,
      definedAt: Instant,
    }),
  ),
};
export type LayoutEvent = EventOf<typeof layoutEvents>;
