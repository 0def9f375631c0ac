import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import { TicketType } from '@tiketi/shared-kernel/contracts/events/layout.js';
import { UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { z } from 'zod';
import type { Inventory } from './inventory.js';

export const SetTicketType = z.object({
  ticketType: TicketType,
  /** One there is was named: an id of another performance, or a slip in it, must not put a new one on sale. */
  mustExist: z.boolean().optional(),
  by: UserId,
  now: Instant,
});
export type SetTicketType = z.infer<typeof SetTicketType>;

export type SetTicketTypeRefusal =
  | 'PerformanceNotFound'
  | 'TicketTypeUnknown'
  | 'TicketTypeExists'
  | 'SalesCancelled'
  | 'FewerThanTaken';

/** A new ticket type, or another name, price or number of places for one; never fewer places than are held and sold. */
export const setTicketType =
  (c: SetTicketType) =>
  (s: Inventory): Decision<InventoryEvent, SetTicketTypeRefusal> => {
    if (s.status === 'unopened') return { refused: 'PerformanceNotFound' };
    const { ticketType } = c;
    const known = s.stock.get(ticketType.ticketTypeId);
    if (known === undefined && c.mustExist === true) return { refused: 'TicketTypeUnknown' };
    const same = known?.name === ticketType.name && known.price === ticketType.price && known.quantity === ticketType.quantity;
    if (same) return { accepted: [] };
    if (s.status === 'cancelled') return { refused: 'SalesCancelled' };
    // as in a schedule; a wish sent again under another key would sell the same places twice
    const named = [...s.stock.values()].find(({ name }) => name === ticketType.name);
    if (named !== undefined && named.ticketTypeId !== ticketType.ticketTypeId) return { refused: 'TicketTypeExists' };
    if (ticketType.quantity < (known?.taken ?? 0)) return { refused: 'FewerThanTaken' };
    const { performanceId } = s;
    return { accepted: [{ type: 'TicketTypeSet', data: { performanceId, ticketType, setBy: c.by, setAt: c.now } }] };
  };
