import type { ReserveRequest } from '@tiketi/shared-kernel/contracts/http/reservations.js';
import type { TicketTypeView } from '@tiketi/shared-kernel/contracts/http/shows.js';
import type { z } from 'zod';

/** What a buyer asks for, without the performance. */
export type Wish = Omit<z.input<typeof ReserveRequest>, 'performanceId'>;

/** How many of each ticket type, by its id. */
export type Counts = Readonly<Record<string, number>>;

export const countAll = (counts: Counts): number => Object.values(counts).reduce((sum, count) => sum + count, 0);

/** The most one may ask for of a type: what is left of it and of the limit of a booking. */
export const mostOf = ({ id, availableQuantity }: TicketTypeView, counts: Counts, limit: number): number =>
  Math.max(0, Math.min(availableQuantity, limit - countAll(counts) + (counts[id] ?? 0)));

export const totalPrice = (types: readonly TicketTypeView[], counts: Counts): number =>
  types.reduce((sum, { id, price }) => sum + price * (counts[id] ?? 0), 0);

/** The wish for these places; undefined where none is asked for. */
export const placesWished = (types: readonly TicketTypeView[], counts: Counts): Wish | undefined => {
  const tickets = types.flatMap(({ id }) => ((counts[id] ?? 0) > 0 ? [{ ticketTypeId: id, quantity: counts[id] ?? 0 }] : []));
  return tickets.length === 0 ? undefined : { tickets };
};

/** `grade` is '' for whichever. */
export const bestWished = (count: number, grade: string): Wish => ({
  bestAvailable: grade === '' ? { count } : { count, grade },
});
