import { createHash } from 'node:crypto';
import type { BestAvailable, InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import type { SeatId, TicketTypeId } from '@tiketi/shared-kernel/contracts/ids.js';

/** What a buyer asked for: seats and places by name, or else a number of the best seats. */
export type Wish = {
  readonly seatIds: readonly SeatId[];
  readonly tickets: readonly { readonly ticketTypeId: TicketTypeId; readonly quantity: number }[];
  readonly bestAvailable?: BestAvailable | undefined;
};

type SeatsHeld = Extract<InventoryEvent, { type: 'SeatsHeld' }>['data'];

/** The wish that a hold fulfilled. */
export const wishOf = ({
  seats,
  quantities,
  bestAvailable,
}: Pick<SeatsHeld, 'seats' | 'quantities' | 'bestAvailable'>): Wish => ({
  seatIds: seats.map(({ seatId }) => seatId),
  tickets: quantities,
  bestAvailable,
});

/** One text for one wish, whatever order it names things in; of the best seats, how many and of which grade, not which they were. */
const textOf = ({ seatIds, tickets, bestAvailable }: Wish): string => {
  if (bestAvailable !== undefined) return JSON.stringify([bestAvailable.count, bestAvailable.grade]);
  const places = tickets.map(({ ticketTypeId, quantity }) => `${ticketTypeId} ${quantity}`);
  return JSON.stringify([[...seatIds].sort(), places.sort()]);
};

export const isSameWish = (one: Wish, other: Wish): boolean => textOf(one) === textOf(other);

/** Characters of a digest. */
export const DIGEST_LENGTH = 8;

/**
 * 48 bits of the wish's SHA-256 in base64url. They choose between two refusals (another wish under a used key, a reservation that has
 * ended), so nobody gains by finding two wishes that share them.
 */
export const digestOf = (wish: Wish): string =>
  createHash('sha256').update(textOf(wish)).digest('base64url').slice(0, DIGEST_LENGTH);
