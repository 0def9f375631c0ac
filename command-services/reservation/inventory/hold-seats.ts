import {
  BestAvailable,
  type InventoryEvent,
  type PricedQuantity,
  type PricedSeat,
} from '@tiketi/shared-kernel/contracts/events/inventory.js';
import { ReservationId, ReservationNumber, SeatId, ShowId, TicketTypeId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { sumWon, Won } from '@tiketi/shared-kernel/contracts/money.js';
import { Instant, instantOf, millisecondsOf } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { z } from 'zod';
import { chooseSeats } from './best-available/choose-seats.js';
import { wasWish } from './closed-holds.js';
import { placeOf, seatIdAt } from './hall.js';
import { countOf, type Inventory, type OpenInventory } from './inventory.js';
import { countIn, hasSeat, inEither } from './seat-bits.js';
import { isSameWish, wishOf } from './wish.js';

/** What became of the buyer's entry token before the command was sent; the inventory knows whether the show asks for one. */
export const EntryCheck = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['none', 'invalid', 'unavailable']) }),
  z.object({ kind: z.literal('admitted'), showId: ShowId }),
]);
export type EntryCheck = z.infer<typeof EntryCheck>;

const WantedPlaces = z.object({ ticketTypeId: TicketTypeId, quantity: z.int().min(1).max(20) });

/** Named seats and places of ticket types (either list may be empty), or else the best seats there are. */
export const HoldSeats = z.object({
  reservationId: ReservationId,
  reservationNumber: ReservationNumber,
  userId: UserId,
  seatIds: z.array(SeatId).readonly(),
  tickets: z.array(WantedPlaces).readonly(),
  bestAvailable: BestAvailable.optional(),
  entry: EntryCheck,
  now: Instant,
});
export type HoldSeats = z.infer<typeof HoldSeats>;

export type HoldRefusal =
  | 'PerformanceNotFound'
  | 'SalesCancelled'
  | 'SalesClosed'
  | 'SalesNotOpen'
  | 'SalesEnded'
  | 'EntryRequired'
  | 'EntryInvalid'
  | 'EntryUnavailable'
  | 'WishInvalid'
  | 'TooManySeats'
  | 'BuyerLimitReached'
  | 'SeatUnknown'
  | 'SeatBlocked'
  | 'SeatTaken'
  | 'GradeUnknown'
  | 'NotEnoughSeats'
  | 'TicketTypeUnknown'
  | 'SoldOut'
  | 'ReservationClosed'
  | 'KeyReused';

type Refused<R> = { readonly refused: R };

/** All of the seats and places or none, at the prices of this moment, within the limits of the sale (R-RSV). */
export const holdSeats =
  (c: HoldSeats) =>
  (s: Inventory): Decision<InventoryEvent, HoldRefusal> => {
    if (s.status === 'unopened') return { refused: 'PerformanceNotFound' };
    const before = s.holds.get(c.reservationId);
    if (before !== undefined) return isSameWish(wishOf(before), c) ? { accepted: [] } : { refused: 'KeyReused' };
    const wasThis = wasWish(s.closed, c.reservationId, c);
    if (wasThis !== undefined) return { refused: wasThis ? 'ReservationClosed' : 'KeyReused' };
    const refused = saleRefusal(s, c) ?? entryRefusal(s, c.entry) ?? limitRefusal(s, c);
    if (refused !== undefined) return { refused };
    const seats = c.bestAvailable === undefined ? namedSeats(s, c.seatIds) : bestSeats(s, c.bestAvailable);
    if ('refused' in seats) return seats;
    const quantities = placesOfTypes(s, c.tickets);
    if ('refused' in quantities) return quantities;

    const heldAt = millisecondsOf(c.now);
    const holdUntil = heldAt + s.terms.holdSeconds * 1000;
    const depositBy = Math.min(heldAt + s.terms.depositWithinHours * 3_600_000, millisecondsOf(s.terms.saleEndAt));
    return {
      accepted: [
        {
          type: 'SeatsHeld',
          data: {
            performanceId: s.performanceId,
            showId: s.showId,
            reservationId: c.reservationId,
            reservationNumber: c.reservationNumber,
            userId: c.userId,
            seats,
            quantities,
            totalAmount: totalOf(seats, quantities),
            heldAt: c.now,
            holdUntil: instantOf(holdUntil),
            depositUntil: instantOf(Math.max(depositBy, holdUntil)),
            refundPolicyVersion: s.terms.refundPolicyVersion,
            ...(c.bestAvailable === undefined ? {} : { bestAvailable: c.bestAvailable }),
          },
        },
      ],
    };
  };

const saleRefusal = (s: OpenInventory, c: HoldSeats): HoldRefusal | undefined => {
  if (s.status === 'cancelled') return 'SalesCancelled';
  const now = millisecondsOf(c.now);
  if (now < millisecondsOf(s.terms.saleStartAt)) return 'SalesNotOpen';
  if (now >= millisecondsOf(s.terms.saleEndAt)) return 'SalesEnded';
  return s.status === 'closed' ? 'SalesClosed' : undefined;
};

const entryRefusal = (s: OpenInventory, entry: EntryCheck): HoldRefusal | undefined => {
  if (!s.terms.requiresEntry) return undefined;
  if (entry.kind === 'none') return 'EntryRequired';
  if (entry.kind === 'unavailable') return 'EntryUnavailable';
  return entry.kind === 'admitted' && entry.showId === s.showId ? undefined : 'EntryInvalid';
};

const limitRefusal = (s: OpenInventory, c: HoldSeats): HoldRefusal | undefined => {
  const named = countOf(c.seatIds, c.tickets);
  if (named > 0 === (c.bestAvailable !== undefined) || hasTwins(c)) return 'WishInvalid';
  const wanted = c.bestAvailable?.count ?? named;
  if (wanted > s.terms.maxSeatsPerReservation) return 'TooManySeats';
  return s.placesOfBuyer.get(c.userId, 0) + wanted > s.terms.maxSeatsPerBuyer ? 'BuyerLimitReached' : undefined;
};

const hasTwins = ({ seatIds, tickets }: HoldSeats): boolean =>
  new Set(seatIds).size < seatIds.length || new Set(tickets.map(({ ticketTypeId }) => ticketTypeId)).size < tickets.length;

const namedSeats = (s: OpenInventory, seatIds: readonly SeatId[]): PricedSeat[] | Refused<HoldRefusal> => {
  const seats: PricedSeat[] = [];
  const places: number[] = [];
  for (const seatId of seatIds) {
    const place = placeOf(s.hall, seatId);
    if (place === undefined) return { refused: 'SeatUnknown' };
    seats.push({ seatId, price: place.section.price });
    places.push(place.seat);
  }
  if (places.some((seat) => hasSeat(s.blocked, seat))) return { refused: 'SeatBlocked' };
  return places.some((seat) => hasSeat(s.taken, seat)) ? { refused: 'SeatTaken' } : seats;
};

const bestSeats = (s: OpenInventory, { count, grade }: BestAvailable): PricedSeat[] | Refused<HoldRefusal> => {
  const sections = [...s.hall.sections.values()].filter((section) => grade === null || section.grade === grade);
  if (sections.length === 0) return { refused: 'GradeUnknown' };
  const gone = inEither(s.taken, s.blocked);
  // most are asked for when few are left: nobody looks through a sold-out section seat by seat
  const withRoom = sections.filter(
    ({ first, rows, seatsPerRow }) => countIn(gone, first, rows * seatsPerRow) < rows * seatsPerRow,
  );
  const chosen = chooseSeats(withRoom, (seat) => !hasSeat(gone, seat), count);
  if (chosen === undefined) return { refused: 'NotEnoughSeats' };
  return chosen.map(({ section, seat }) => ({ seatId: seatIdAt(section, seat), price: section.price }));
};

const placesOfTypes = (s: OpenInventory, tickets: HoldSeats['tickets']): PricedQuantity[] | Refused<HoldRefusal> => {
  const quantities: PricedQuantity[] = [];
  for (const { ticketTypeId, quantity } of tickets) {
    const type = s.stock.get(ticketTypeId);
    if (type === undefined) return { refused: 'TicketTypeUnknown' };
    if (type.taken + quantity > type.quantity) return { refused: 'SoldOut' };
    quantities.push({ ticketTypeId, quantity, unitPrice: type.price });
  }
  return quantities;
};

const totalOf = (seats: readonly PricedSeat[], quantities: readonly PricedQuantity[]): Won =>
  sumWon([...seats.map(({ price }) => price), ...quantities.map(({ quantity, unitPrice }) => Won.parse(quantity * unitPrice))]);
