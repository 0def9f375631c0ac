import type { TicketType } from '@tiketi/shared-kernel/contracts/events/layout.js';

/** A ticket type with how many of its places are held and sold; a performance's row keeps them in their order. */
export type TicketStock = TicketType & { readonly held: number; readonly sold: number };

export type Places = readonly { readonly ticketTypeId: string; readonly quantity: number }[];

export const untouched = (types: readonly TicketType[]): TicketStock[] => types.map((type) => ({ ...type, held: 0, sold: 0 }));

/** Adds to what is held and sold of each type named; a type that is not there is passed over. */
export const movePlaces = (
  stock: readonly TicketStock[],
  places: Places,
  by: { readonly held: -1 | 0 | 1; readonly sold: -1 | 0 | 1 },
): TicketStock[] => {
  const moved = new Map(places.map(({ ticketTypeId, quantity }) => [ticketTypeId, quantity]));
  return stock.map((type) => {
    const quantity = moved.get(type.ticketTypeId) ?? 0;
    return { ...type, held: type.held + by.held * quantity, sold: type.sold + by.sold * quantity };
  });
};

/** A new type at the end, or another name, price or number of places for one there is. */
export const setTicketType = (stock: readonly TicketStock[], type: TicketType): TicketStock[] =>
  stock.some(({ ticketTypeId }) => ticketTypeId === type.ticketTypeId)
    ? stock.map((known) => (known.ticketTypeId === type.ticketTypeId ? { ...known, ...type } : known))
    : [...stock, ...untouched([type])];

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

export const placeColumns = (stock: readonly TicketStock[]) => ({
  total_places: sum(stock.map(({ quantity }) => quantity)),
  available_places: sum(stock.map(({ quantity, held, sold }) => Math.max(0, quantity - held - sold))),
});
