import { SeatStatus } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { decodeSeatStates } from './seat-states.js';

/** A seat status with its bits laid out, one state a seat. */
export type SeatsNow = SeatStatus & { states: Uint8Array };

export const SeatsNow = {
  /** @throws {Error} on anything but a seat status whose bits fit its number of seats */
  parse: (value: unknown): SeatsNow => {
    const status = SeatStatus.parse(value);
    return { ...status, states: decodeSeatStates(status.status, status.totalSeats) };
  },
};

type Versioned = Pick<SeatStatus, 'performanceId' | 'version'>;

/** Of two reports the one of the later inventory revision; answers may overtake each other, or come from a cache that lags. */
export const newerSeats = <T extends Versioned>(held: T | undefined, come: T): T => {
  if (held === undefined || held.performanceId !== come.performanceId) return come;
  return BigInt(come.version) > BigInt(held.version) ? come : held;
};
