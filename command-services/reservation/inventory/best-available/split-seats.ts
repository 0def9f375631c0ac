import type { HallSection } from '../hall.js';
import { nearestRows, type RowCount } from './nearest-rows.js';
import { type ChosenSeat, type IsFree, rowAt } from './rows.js';
import { type InRow, seatsInRow } from './seats-in-row.js';

/** A section and its rows that have free seats, front to back. */
export type FreeRows = { readonly section: HallSection; readonly rows: readonly RowCount[]; readonly free: number };

export const freeRowsOf = (section: HallSection, isFree: IsFree): FreeRows => {
  const rows: RowCount[] = [];
  let all = 0;
  for (let depth = 0; depth < section.rows; depth += 1) {
    const { first } = rowAt(section, depth);
    let free = 0;
    for (let seat = first; seat < first + section.seatsPerRow; seat += 1) if (isFree(seat)) free += 1;
    if (free > 0) rows.push({ depth, free });
    all += free;
  }
  return { section, rows, free: all };
};

/** One row with enough free seats: in the fewest pieces, then leaving the fewest alone, then nearest to the front centre. */
const inOneRow = ({ section, rows }: FreeRows, isFree: IsFree, count: number): InRow | undefined =>
  rows
    .filter(({ free }) => free >= count)
    .map(({ depth }) => seatsInRow(rowAt(section, depth), isFree, count))
    .reduce<InRow | undefined>((best, row) => {
      if (best === undefined) return row;
      const closer = row.pieces - best.pieces || row.orphans - best.orphans || row.distance - best.distance;
      return closer < 0 ? row : best;
    }, undefined);

/** The rows give all they have but for what is too much; that stays in a row where it leaves no seat alone, the last such one. */
const overRows = (section: HallSection, rows: readonly RowCount[], isFree: IsFree, count: number): number[] => {
  const spare = rows.reduce((sum, { free }) => sum + free, 0) - count;
  const pick = ({ depth, free }: RowCount, without: number): InRow => seatsInRow(rowAt(section, depth), isFree, free - without);
  const trimmed = rows.findLast((row) => pick(row, spare).orphans === 0) ?? rows.at(-1);
  return rows.flatMap((row) => [...pick(row, row === trimmed ? spare : 0).seats]);
};

/**
 * So many seats of one section, where no row has them side by side: in as few rows as can be, and those as near to each other as can be.
 * Of equals the first section. Undefined where no section has so many free.
 */
export const splitSeats = (sections: readonly FreeRows[], isFree: IsFree, count: number): readonly ChosenSeat[] | undefined => {
  const [best] = sections
    .filter(({ free }) => free >= count)
    .map((free) => ({ free, ...nearestRows(free.rows, count) }))
    .sort((a, b) => a.rows.length - b.rows.length || a.span - b.span);
  if (best === undefined) return undefined;
  const { section } = best.free;
  const one = best.rows.length === 1 ? inOneRow(best.free, isFree, count) : undefined;
  return (one?.seats ?? overRows(section, best.rows, isFree, count)).map((seat) => ({ section, seat }));
};

/** Every free seat of a section. */
export const allSeats = ({ section, rows, free }: FreeRows, isFree: IsFree): readonly ChosenSeat[] =>
  overRows(section, rows, isFree, free).map((seat) => ({ section, seat }));
