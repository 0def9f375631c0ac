import type { HallSection } from '../hall.js';
import { adjacentSeats, type Block } from './adjacent-seats.js';
import type { ChosenSeat, IsFree } from './rows.js';
import { allSeats, type FreeRows, freeRowsOf, splitSeats } from './split-seats.js';

const seatsOf = ({ row, start }: Block, count: number): readonly ChosenSeat[] =>
  Array.from({ length: count }, (_, index) => ({ section: row.section, seat: start + index }));

/** Sections that may have so many side by side: at least in one row there are as many. */
const roomyFor = (rows: readonly FreeRows[], count: number): HallSection[] =>
  rows.filter((each) => each.rows.some(({ free }) => free >= count)).map(({ section }) => section);

/** Of sections no row of which has so many side by side. */
const partedSeats = (rows: readonly FreeRows[], isFree: IsFree, count: number): readonly ChosenSeat[] | undefined => {
  if (rows.reduce((sum, { free }) => sum + free, 0) < count) return undefined;
  const split = splitSeats(rows, isFree, count);
  if (split !== undefined) return split;

  const most = rows.reduce((known, each) => (each.free > known.free ? each : known));
  const others = rows.filter((each) => each !== most);
  const left = count - most.free;
  const block = adjacentSeats(roomyFor(others, left), isFree, left);
  const rest = block === undefined ? partedSeats(others, isFree, left) : seatsOf(block, left);
  return rest === undefined ? undefined : [...allSeats(most, isFree), ...rest];
};

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
  if (block !== undefined) return seatsOf(block, count);
  const rows = sections.map((section) => freeRowsOf(section, isFree)).filter(({ free }) => free > 0);
  return partedSeats(rows, isFree, count);
};
