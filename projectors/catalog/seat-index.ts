import type { PricedSection } from '@tiketi/shared-kernel/contracts/events/layout.js';

export type SeatIndex = (seatId: string) => number | undefined;

/**
 * Where a seat stands in index order (sections as listed, row by row, from 0).
 * Undefined for a seat the geometry does not have.
 */
export const createSeatIndex = (sections: readonly PricedSection[]): SeatIndex => {
  const blocks = new Map<string, { first: number; rows: number; seatsPerRow: number }>();
  let first = 0;
  for (const { section, rows, seatsPerRow } of sections) {
    blocks.set(section, { first, rows, seatsPerRow });
    first += rows * seatsPerRow;
  }
  return (seatId) => {
    const [section = '', row, seat] = seatId.split('-');
    const block = blocks.get(section);
    const r = Number(row);
    const s = Number(seat);
    if (block === undefined || !(r >= 1 && r <= block.rows && s >= 1 && s <= block.seatsPerRow)) return undefined;
    return block.first + (r - 1) * block.seatsPerRow + (s - 1);
  };
};

export const seatsIn = (sections: readonly PricedSection[]): number =>
  sections.reduce((sum, { rows, seatsPerRow }) => sum + rows * seatsPerRow, 0);
