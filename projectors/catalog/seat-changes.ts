import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import type { Recorded } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import { AVAILABLE, countSeats, HELD, type SeatState, SOLD, setSeat } from './seat-bits.js';
import type { SeatIndex } from './seat-index.js';

export type SeatEvent = Recorded<Extract<InventoryEvent, { type: 'SeatsHeld' | 'SeatsSold' | 'SeatsReleased' }>>;

/** A performance's seats while a batch changes them. */
export type SeatRow = {
  readonly id: string;
  readonly totalSeats: number;
  readonly indexOf: SeatIndex;
  readonly bits: Buffer;
  revision: bigint;
};

export type SeatChanges = {
  readonly changed: ReadonlySet<SeatRow>;
  /** Reservations that now have seats, by index. */
  readonly taken: ReadonlyMap<string, { readonly performanceId: string; readonly seats: readonly number[] }>;
  readonly freed: ReadonlySet<string>;
};

const indexesOf = (row: SeatRow, event: Extract<SeatEvent, { type: 'SeatsHeld' }>): number[] =>
  event.data.seats.flatMap(({ seatId }) => row.indexOf(seatId) ?? []);

/**
 * Applies seat events in order to rows and to what each reservation has (`seatsOf`, updated as it goes). An event of an unknown
 * performance, an unknown reservation or a revision already shown changes nothing.
 */
export const changeSeats = (
  events: readonly SeatEvent[],
  rows: ReadonlyMap<string, SeatRow>,
  seatsOf: Map<string, readonly number[]>,
): SeatChanges => {
  const changed = new Set<SeatRow>();
  const taken = new Map<string, { performanceId: string; seats: readonly number[] }>();
  const freed = new Set<string>();

  for (const event of events) {
    const { performanceId, reservationId } = event.data;
    const row = rows.get(performanceId);
    if (row === undefined || event.revision <= row.revision) continue;
    if (event.type === 'SeatsHeld') {
      const seats = indexesOf(row, event);
      seatsOf.set(reservationId, seats);
      taken.set(reservationId, { performanceId, seats });
      freed.delete(reservationId);
    }
    const state = stateAfter[event.type];
    for (const seat of seatsOf.get(reservationId) ?? []) setSeat(row.bits, seat, state);
    if (event.type === 'SeatsReleased') {
      seatsOf.delete(reservationId);
      taken.delete(reservationId);
      freed.add(reservationId);
    }
    row.revision = event.revision;
    changed.add(row);
  }
  return { changed, taken, freed };
};

const stateAfter: Readonly<Record<SeatEvent['type'], SeatState>> = {
  SeatsHeld: HELD,
  SeatsSold: SOLD,
  SeatsReleased: AVAILABLE,
};

export const countsOf = (row: SeatRow): { readonly available: number; readonly held: number; readonly sold: number } => {
  const { held, sold } = countSeats(row.bits);
  return { available: row.totalSeats - held - sold, held, sold };
};
