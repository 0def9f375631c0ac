import type { InventoryEvent, PricedSeat } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import type { PricedSection } from '@tiketi/shared-kernel/contracts/events/layout.js';
import type { SaleTerms } from '@tiketi/shared-kernel/contracts/events/show.js';
import type {
  PerformanceId,
  ReservationId,
  ReservationNumber,
  SeatId,
  ShowId,
  UserId,
} from '@tiketi/shared-kernel/contracts/ids.js';
import type { Won } from '@tiketi/shared-kernel/contracts/money.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Aggregate } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { Map as PersistentMap } from 'immutable';

/** What one reservation has of this performance. A released one is remembered, so that it can never come back. */
export type Hold = {
  readonly status: 'held' | 'sold' | 'released';
  readonly reservationId: ReservationId;
  readonly reservationNumber: ReservationNumber;
  readonly userId: UserId;
  readonly seats: readonly PricedSeat[];
  readonly totalAmount: Won;
  readonly heldAt: Instant;
  readonly holdUntil: Instant;
};

/** Persistent maps: a state is a value, so deciding on what would be costs no copy and rolling back none. */
export type OpenInventory = {
  readonly status: 'open' | 'cancelled';
  readonly performanceId: PerformanceId;
  readonly showId: ShowId;
  readonly startsAt: Instant;
  readonly terms: SaleTerms;
  readonly sections: ReadonlyMap<string, PricedSection>;
  /** Only seats that are held or sold. */
  readonly taken: PersistentMap<SeatId, ReservationId>;
  readonly holds: PersistentMap<ReservationId, Hold>;
  /** Seats each buyer has held or bought here. */
  readonly seatsOf: PersistentMap<UserId, number>;
};

export type Inventory = { readonly status: 'unopened' } | OpenInventory;

const whenOpen = (state: Inventory, change: (open: OpenInventory) => OpenInventory): Inventory =>
  state.status === 'unopened' ? state : change(state);

const withStatus = (open: OpenInventory, id: ReservationId, status: Hold['status']): PersistentMap<ReservationId, Hold> => {
  const hold = open.holds.get(id);
  return hold === undefined ? open.holds : open.holds.set(id, { ...hold, status });
};

/** The one place that decides whose a seat is (stream `inventory-{performanceId}`). */
export const inventory: Aggregate<Inventory, InventoryEvent> = {
  initial: { status: 'unopened' },
  evolve: {
    InventoryOpened: (_, { data }) => ({
      status: 'open',
      performanceId: data.performanceId,
      showId: data.showId,
      startsAt: data.startsAt,
      terms: data.terms,
      sections: new Map(data.sections.map((section) => [section.section, section])),
      taken: PersistentMap(),
      holds: PersistentMap(),
      seatsOf: PersistentMap(),
    }),
    SeatsHeld: (state, { data }) =>
      whenOpen(state, (open) => {
        const { reservationId, reservationNumber, userId, seats, totalAmount, heldAt, holdUntil } = data;
        const hold: Hold = { status: 'held', reservationId, reservationNumber, userId, seats, totalAmount, heldAt, holdUntil };
        return {
          ...open,
          taken: open.taken.withMutations((taken) => {
            for (const seat of seats) taken.set(seat.seatId, reservationId);
          }),
          holds: open.holds.set(reservationId, hold),
          seatsOf: open.seatsOf.update(userId, 0, (count) => count + seats.length),
        };
      }),
    SeatsSold: (state, { data }) => whenOpen(state, (open) => ({ ...open, holds: withStatus(open, data.reservationId, 'sold') })),
    SeatsReleased: (state, { data }) =>
      whenOpen(state, (open) => {
        const hold = open.holds.get(data.reservationId);
        if (hold === undefined || hold.status === 'released') return open;
        return {
          ...open,
          taken: open.taken.deleteAll(hold.seats.map((seat) => seat.seatId)),
          holds: withStatus(open, data.reservationId, 'released'),
          seatsOf: open.seatsOf.update(hold.userId, 0, (count) => count - hold.seats.length),
        };
      }),
    SalesCancelled: (state) => whenOpen(state, (open) => ({ ...open, status: 'cancelled' })),
  },
};

/** The price of a seat here, or undefined where there is no such seat. */
export const priceOf = (open: OpenInventory, seatId: SeatId): Won | undefined => {
  const [name, row, seat] = seatId.split('-');
  const section = name === undefined ? undefined : open.sections.get(name);
  if (section === undefined) return undefined;
  return Number(row) <= section.rows && Number(seat) <= section.seatsPerRow ? section.price : undefined;
};
