import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import type { Recorded } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import { movePlaces, type Places, type TicketStock } from './places.js';
import { AVAILABLE, BLOCKED, countSeats, HELD, type SeatCounts, type SeatState, SOLD, setSeat } from './seat-bits.js';
import type { SeatIndex } from './seat-index.js';

const SEAT_EVENTS = ['SeatsHeld', 'SeatsSold', 'SeatsReleased', 'SeatsBlocked', 'SeatsUnblocked'] as const;
export type SeatEvent = Recorded<Extract<InventoryEvent, { type: (typeof SEAT_EVENTS)[number] }>>;
type Held = Extract<SeatEvent, { type: 'SeatsHeld' }>;
type Settled = Extract<SeatEvent, { type: 'SeatsSold' | 'SeatsReleased' }>;

export const isSeatEvent = (event: { readonly type: string }): event is SeatEvent =>
  SEAT_EVENTS.some((type) => type === event.type);

/** A performance's seats and places while a batch changes them. */
export type SeatRow = {
  readonly id: string;
  readonly totalSeats: number;
  readonly indexOf: SeatIndex;
  readonly bits: Buffer;
  stock: readonly TicketStock[];
  revision: bigint;
};

/** What a reservation has: sold and released events name only the reservation. Seats by index. */
export type Holding = {
  readonly performanceId: string;
  readonly seats: readonly number[];
  readonly places: Places;
  /** Its places count as sold, no more as held; its seats say so themselves. */
  readonly placesSold: boolean;
};

export type SeatChanges = {
  readonly changed: ReadonlySet<SeatRow>;
  /** Reservations of which something else is to be remembered now. */
  readonly kept: ReadonlyMap<string, Holding>;
  readonly freed: ReadonlySet<string>;
};

const setAll = (row: SeatRow, seats: readonly number[], state: SeatState): void => {
  for (const seat of seats) setSeat(row.bits, seat, state);
};

const hold = (row: SeatRow, { data }: Held): Holding => {
  const seats = data.seats.flatMap(({ seatId }) => row.indexOf(seatId) ?? []);
  const places = data.quantities.map(({ ticketTypeId, quantity }) => ({ ticketTypeId, quantity }));
  setAll(row, seats, HELD);
  row.stock = movePlaces(row.stock, places, { held: 1, sold: 0 });
  return { performanceId: data.performanceId, seats, places, placesSold: false };
};

/** What is remembered of the reservation after its sale; undefined after its release. */
const settle = (row: SeatRow, { seats, places, placesSold, performanceId }: Holding, event: Settled): Holding | undefined => {
  if (event.type === 'SeatsSold') {
    setAll(row, seats, SOLD);
    if (!placesSold) row.stock = movePlaces(row.stock, places, { held: -1, sold: 1 });
    return { performanceId, seats, places, placesSold: true };
  }
  setAll(row, seats, AVAILABLE);
  row.stock = movePlaces(row.stock, places, placesSold ? { held: 0, sold: -1 } : { held: -1, sold: 0 });
  return undefined;
};

/**
 * Applies seat events in order to rows and to what each reservation has (`holdings`, updated as it goes). An event of an unknown
 * performance, an unknown reservation or a revision already shown changes no seat.
 */
export const changeSeats = (
  events: readonly SeatEvent[],
  rows: ReadonlyMap<string, SeatRow>,
  holdings: Map<string, Holding>,
): SeatChanges => {
  const changed = new Set<SeatRow>();
  const kept = new Map<string, Holding>();
  const freed = new Set<string>();

  const remember = (reservationId: string, holding: Holding): void => {
    holdings.set(reservationId, holding);
    kept.set(reservationId, holding);
    freed.delete(reservationId);
  };
  const settled = (row: SeatRow, event: Settled): void => {
    const { reservationId } = event.data;
    const known = holdings.get(reservationId);
    const next = known === undefined ? undefined : settle(row, known, event);
    if (next !== undefined) {
      if (next.places.length > 0) remember(reservationId, next);
    } else if (known !== undefined) {
      holdings.delete(reservationId);
      kept.delete(reservationId);
      freed.add(reservationId);
    }
  };

  for (const event of events) {
    const row = rows.get(event.data.performanceId);
    if (row === undefined || event.revision <= row.revision) continue;
    if (event.type === 'SeatsHeld') remember(event.data.reservationId, hold(row, event));
    else if (event.type === 'SeatsBlocked' || event.type === 'SeatsUnblocked') {
      const seats = event.data.seatIds.flatMap((seatId) => row.indexOf(seatId) ?? []);
      setAll(row, seats, event.type === 'SeatsBlocked' ? BLOCKED : AVAILABLE);
    } else settled(row, event);
    row.revision = event.revision;
    changed.add(row);
  }
  return { changed, kept, freed };
};

export const countsOf = ({
  bits,
  totalSeats,
}: Pick<SeatRow, 'bits' | 'totalSeats'>): SeatCounts & { readonly available: number } => {
  const counts = countSeats(bits);
  return { ...counts, available: totalSeats - counts.held - counts.sold - counts.blocked };
};
