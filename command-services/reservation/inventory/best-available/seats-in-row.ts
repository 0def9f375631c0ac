import { bestInRun } from './adjacent-seats.js';
import { distanceOf, type IsFree, type Row, type Run, runsOf } from './rows.js';

/** Seats of one row, not all side by side. */
export type InRow = {
  readonly seats: readonly number[];
  readonly pieces: number;
  /** Seats left alone that were not alone before. */
  readonly orphans: number;
  /** Of the pieces together, from the front centre. */
  readonly distance: number;
};

const seatsFrom = (start: number, count: number): number[] => Array.from({ length: count }, (_, index) => start + index);

/**
 * So many free seats of a row in the fewest pieces: the longest runs whole, and the rest from one that holds it. The row has to have that many.
 */
export const seatsInRow = (row: Row, isFree: IsFree, count: number): InRow => {
  const middle = ({ start, length }: Run): number => distanceOf(row, start, length);
  const runs = runsOf(row, isFree).sort((a, b) => b.length - a.length || middle(a) - middle(b));
  const seats: number[] = [];
  let [pieces, distance] = [0, 0];
  for (const run of runs) {
    const left = count - seats.length;
    if (run.length <= left) {
      seats.push(...seatsFrom(run.start, run.length));
      distance += middle(run);
      pieces += 1;
      continue;
    }
    if (left === 0) break;
    const rest = restIn(row, runs.slice(pieces), left);
    seats.push(...seatsFrom(rest.start, left));
    return {
      seats: seats.sort((a, b) => a - b),
      pieces: pieces + 1,
      orphans: rest.orphan ? 1 : 0,
      distance: distance + rest.distance,
    };
  }
  return { seats: seats.sort((a, b) => a - b), pieces, orphans: 0, distance };
};

/** The last piece, out of whichever run is left that can give it without leaving a seat alone, else the nearest. */
const restIn = (row: Row, runs: readonly Run[], count: number) => {
  const found = runs.flatMap((run) => bestInRun(row, run, count) ?? []);
  const [best] = found.sort((a, b) => Number(a.orphan) - Number(b.orphan) || a.distance - b.distance);
  if (best === undefined) throw new RangeError('the row has fewer free seats');
  return best;
};
