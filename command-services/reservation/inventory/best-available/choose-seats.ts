import type { HallSection } from '../hall.js';
import { adjacentSeats } from './adjacent-seats.js';
import type { ChosenSeat, IsFree } from './rows.js';
import { allSeats, freeRowsOf, splitSeats } from './split-seats.js';

/**
 * The best free seats of these sections, which stand in the organiser's order of preference: side by side in one row and without leaving a
 * single free seat alone; else side by side; else parted over as few and as near rows as can be, of one section if one has so many. Where
 * none has, the section with the most free seats gives them all and the others the rest. Undefined where fewer are free.
 */
export const chooseSeats = (
  sections: readonly HallSection[],
  isFree: IsFree,
  count: number,
): readonly ChosenSeat[] | undefined => {
  const block = adjacentSeats(sections, isFree, count);
  if (block !== undefined) {
    const { row, start } = block;
    return Array.from({ length: count }, (_, index) => ({ section: row.section, seat: start + index }));
  }
  const rows = sections.map((section) => freeRowsOf(section, isFree)).filter(({ free }) => free > 0);
  if (rows.reduce((sum, { free }) => sum + free, 0) < count) return undefined;
  const split = splitSeats(rows, isFree, count);
  if (split !== undefined) return split;

  const most = rows.reduce((known, each) => (each.free > known.free ? each : known));
  const rest = chooseSeats(
    rows.filter((each) => each !== most).map(({ section }) => section),
    isFree,
    count - most.free,
  );
  return rest === undefined ? undefined : [...allSeats(most, isFree), ...rest];
};
