import type { TicketType } from '@tiketi/shared-kernel/contracts/events/layout.js';
import { type PerformanceId, TicketTypeId } from '@tiketi/shared-kernel/contracts/ids.js';
import { v5 } from 'uuid';

/** General admission as it is asked for, before it has an id. */
export type TicketTypeTerms = Omit<TicketType, 'ticketTypeId'>;

export type TicketTypesRefusal = 'TICKET_TYPE_NAMED_TWICE';

/** Ids follow from the performance and the name, so that the same request names the same ticket types. */
export const nameTicketTypes = (
  performanceId: PerformanceId,
  asked: readonly TicketTypeTerms[],
): { readonly ticketTypes: TicketType[] } | { readonly refused: TicketTypesRefusal } => {
  if (new Set(asked.map(({ name }) => name)).size < asked.length) return { refused: 'TICKET_TYPE_NAMED_TWICE' };
  return {
    ticketTypes: asked.map(({ name, price, quantity }) => ({
      ticketTypeId: TicketTypeId.parse(v5(name, performanceId)),
      name,
      price,
      quantity,
    })),
  };
};
