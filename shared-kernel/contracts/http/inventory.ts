import { z } from 'zod';
import { LayoutSection } from '../events/layout.js';
import { GradePrice } from '../events/show.js';
import { PerformanceId, SeatId, TicketTypeId } from '../ids.js';
import { TicketTypeRequest } from './shows.js';

const price = GradePrice.shape.price;

/** What an organiser may change of a performance while it is on sale: `POST /api/admin/performances/:id/{block,unblock,…}`. */
export const BlockSeatsRequest = z.strictObject({ seatIds: z.array(SeatId).min(1).max(2000) });

/** Sections after those there are; a name that is there already is refused. */
export const AddSectionsRequest = z.strictObject({
  sections: z
    .array(z.strictObject({ ...LayoutSection.shape, price }))
    .min(1)
    .max(500),
});

/** With the id of a ticket type that ticket type, all of it; without, a new one. */
export const SetTicketTypeRequest = z.strictObject({ ticketTypeId: TicketTypeId.optional(), ...TicketTypeRequest.shape });

export const ChangePricesRequest = z.strictObject({
  prices: z
    .array(z.strictObject({ section: LayoutSection.shape.section, price }))
    .min(1)
    .max(500),
});

/** `close` and `reopen` say all they have to in their path. */
export const NothingMore = z.strictObject({});

/** Answer to each of them. `position` is the commit position to give a query that must see it; `ticketTypeId` where one was set. */
export const InventoryChanged = z.object({
  id: PerformanceId,
  ticketTypeId: TicketTypeId.optional(),
  position: z.string().regex(/^\d+$/),
});
export type InventoryChanged = z.infer<typeof InventoryChanged>;
