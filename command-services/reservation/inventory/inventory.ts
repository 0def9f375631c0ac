import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import type { TicketType } from '@tiketi/shared-kernel/contracts/events/layout.js';
import type { SaleTerms } from '@tiketi/shared-kernel/contracts/events/show.js';
import type { PerformanceId, ReservationId, ShowId, TicketTypeId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Aggregate } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { Map as PersistentMap } from 'immutable';
import { type ClosedHolds, noneClosed, withClosed } from './closed-holds.js';
import { extended, type Hall, noHall, placesOf } from './hall.js';
import { noSeats, type SeatBits, widened, withoutSeats, withSeats } from './seat-bits.js';
import { wishOf } from './wish.js';

type SeatsHeld = Extract<InventoryEvent, { type: 'SeatsHeld' }>['data'];

/** What one reservation has of this performance. */
export type Hold = Omit<SeatsHeld, 'performanceId' | 'showId'> & { readonly status: 'held' | 'sold' };

/** General admission as it stands: `taken` places of `quantity` are held or sold. */
export type Stock = TicketType & { readonly taken: number };

/** Persistent maps and bit sets: a state is a value, so deciding on what would be costs little and rolling back nothing. */
export type OpenInventory = {
  readonly status: 'open' | 'closed' | 'cancelled';
  readonly performanceId: PerformanceId;
  readonly showId: ShowId;
  readonly startsAt: Instant;
  readonly terms: SaleTerms;
  readonly hall: Hall;
  /** Held or sold. */
  readonly taken: SeatBits;
  /** Kept from sale. A seat is never both. */
  readonly blocked: SeatBits;
  readonly stock: ReadonlyMap<TicketTypeId, Stock>;
  readonly holds: PersistentMap<ReservationId, Hold>;
  /** Remembered so that none of them can ever come back. A reservation is never in both. */
  readonly closed: ClosedHolds;
  /** Seats and places each buyer has held or bought here; nobody with none. */
  readonly placesOfBuyer: PersistentMap<UserId, number>;
};

export type Inventory = { readonly status: 'unopened' } | OpenInventory;

const whenOpen = (state: Inventory, change: (open: OpenInventory) => OpenInventory): Inventory =>
  state.status === 'unopened' ? state : change(state);

/** Seats and places of a wish or a hold together: what the limits count. */
export const countOf = (seats: readonly unknown[], quantities: readonly { readonly quantity: number }[]): number =>
  quantities.reduce((sum, { quantity }) => sum + quantity, seats.length);

/** The stock after a hold took (`1`) its places or gave them back (`-1`). */
const stockAfter = (
  stock: OpenInventory['stock'],
  { quantities }: Pick<Hold, 'quantities'>,
  sign: 1 | -1,
): OpenInventory['stock'] => {
  if (quantities.length === 0) return stock;
  const next = new Map(stock);
  for (const { ticketTypeId, quantity } of quantities) {
    const type = next.get(ticketTypeId);
    if (type !== undefined) next.set(ticketTypeId, { ...type, taken: type.taken + sign * quantity });
  }
  return next;
};

const withoutPlaces = (
  places: OpenInventory['placesOfBuyer'],
  { userId, seats, quantities }: Hold,
): OpenInventory['placesOfBuyer'] => {
  const left = places.get(userId, 0) - countOf(seats, quantities);
  return left === 0 ? places.remove(userId) : places.set(userId, left);
};

/** The one place that decides whose a seat is (stream `inventory-{performanceId}`). */
export const inventory: Aggregate<Inventory, InventoryEvent> = {
  initial: { status: 'unopened' },
  evolve: {
    InventoryOpened: (_, { data }) => {
      const hall = extended(noHall, data.sections);
      return {
        status: 'open',
        performanceId: data.performanceId,
        showId: data.showId,
        startsAt: data.startsAt,
        terms: data.terms,
        hall,
        taken: noSeats(hall.totalSeats),
        blocked: noSeats(hall.totalSeats),
        stock: new Map(data.ticketTypes.map((type) => [type.ticketTypeId, { ...type, taken: 0 }])),
        holds: PersistentMap(),
        closed: noneClosed,
        placesOfBuyer: PersistentMap(),
      };
    },
    SeatsHeld: (state, { data }) =>
      whenOpen(state, (open) => {
        const { performanceId: _, showId: __, ...held } = data;
        const { reservationId, userId, seats, quantities } = held;
        const seatIds = seats.map(({ seatId }) => seatId);
        return {
          ...open,
          taken: withSeats(open.taken, placesOf(open.hall, seatIds)),
          stock: stockAfter(open.stock, held, 1),
          holds: open.holds.set(reservationId, { ...held, status: 'held' }),
          placesOfBuyer: open.placesOfBuyer.update(userId, 0, (count) => count + countOf(seats, quantities)),
        };
      }),
    SeatsSold: (state, { data: { reservationId } }) =>
      whenOpen(state, (open) => {
        const hold = open.holds.get(reservationId);
        return hold === undefined ? open : { ...open, holds: open.holds.set(reservationId, { ...hold, status: 'sold' }) };
      }),
    SeatsReleased: (state, { data: { reservationId } }) =>
      whenOpen(state, (open) => {
        const hold = open.holds.get(reservationId);
        if (hold === undefined) return open;
        const seatIds = hold.seats.map(({ seatId }) => seatId);
        return {
          ...open,
          taken: withoutSeats(open.taken, placesOf(open.hall, seatIds)),
          stock: stockAfter(open.stock, hold, -1),
          holds: open.holds.remove(reservationId),
          closed: withClosed(open.closed, reservationId, wishOf(hold)),
          placesOfBuyer: withoutPlaces(open.placesOfBuyer, hold),
        };
      }),
    SeatsBlocked: (state, { data }) =>
      whenOpen(state, (open) => ({ ...open, blocked: withSeats(open.blocked, placesOf(open.hall, data.seatIds)) })),
    SeatsUnblocked: (state, { data }) =>
      whenOpen(state, (open) => ({ ...open, blocked: withoutSeats(open.blocked, placesOf(open.hall, data.seatIds)) })),
    SectionsAdded: (state, { data }) =>
      whenOpen(state, (open) => {
        const hall = extended(open.hall, data.sections);
        return { ...open, hall, taken: widened(open.taken, hall.totalSeats), blocked: widened(open.blocked, hall.totalSeats) };
      }),
    TicketTypeSet: (state, { data: { ticketType } }) =>
      whenOpen(state, (open) => {
        const taken = open.stock.get(ticketType.ticketTypeId)?.taken ?? 0;
        return { ...open, stock: new Map(open.stock).set(ticketType.ticketTypeId, { ...ticketType, taken }) };
      }),
    SectionPricesChanged: (state, { data }) =>
      whenOpen(state, (open) => {
        const sections = new Map(open.hall.sections);
        for (const { section: name, price } of data.prices) {
          const section = sections.get(name);
          if (section !== undefined) sections.set(name, { ...section, price });
        }
        return { ...open, hall: { ...open.hall, sections } };
      }),
    SaleTermsChanged: (state, { data }) => whenOpen(state, (open) => ({ ...open, terms: data.terms })),
    SalesClosed: (state) => whenOpen(state, (open) => (open.status === 'open' ? { ...open, status: 'closed' } : open)),
    SalesReopened: (state) => whenOpen(state, (open) => (open.status === 'closed' ? { ...open, status: 'open' } : open)),
    SalesCancelled: (state) => whenOpen(state, (open) => ({ ...open, status: 'cancelled' })),
  },
};
