import type { HallSection } from '../hall.js';
import { distanceOf, type IsFree, leastDistanceOf, leavesOrphan, type Row, type Run, rowAt } from './rows.js';

/** Seats side by side in one row. */
export type Block = { readonly row: Row; readonly start: number; readonly orphan: boolean; readonly distance: number };

/** The better of two: no orphan before any, then nearest to the front centre, then the earlier found. */
const better = (known: Block | undefined, found: Block): Block => {
  if (known === undefined) return found;
  if (known.orphan !== found.orphan) return known.orphan ? found : known;
  return found.distance < known.distance ? found : known;
};

/** The best place for so many seats within a run that holds them. */
export const bestInRun = (row: Row, run: Run, count: number): Block | undefined => {
  let best: Block | undefined;
  for (let start = run.start; start + count <= run.start + run.length; start += 1) {
    const orphan = leavesOrphan(run, start, count);
    const distance = distanceOf(row, start, count);
    if (best === undefined || (orphan === best.orphan ? distance < best.distance : best.orphan)) {
      best = { row, start, orphan, distance };
    }
  }
  return best;
};

const bestInRow = (row: Row, isFree: IsFree, count: number): Block | undefined => {
  let best: Block | undefined;
  const end = row.first + row.section.seatsPerRow;
  for (let seat = row.first; seat < end; seat += 1) {
    if (!isFree(seat)) continue;
    const start = seat;
    while (seat < end && isFree(seat)) seat += 1;
    const found = seat - start < count ? undefined : bestInRun(row, { start, length: seat - start }, count);
    if (found !== undefined) best = better(best, found);
  }
  return best;
};

/** The best block of a section; rows that can hold nothing nearer are not looked at. */
const bestInSection = (section: HallSection, isFree: IsFree, count: number): Block | undefined => {
  if (section.seatsPerRow < count) return undefined;
  let best: Block | undefined;
  for (let depth = 0; depth < section.rows; depth += 1) {
    if (best !== undefined && !best.orphan && leastDistanceOf(depth) >= best.distance) return best;
    const found = bestInRow(rowAt(section, depth), isFree, count);
    if (found !== undefined) best = better(best, found);
  }
  return best;
};

/**
 * So many seats side by side in one row, in the first section that has them without leaving a single free seat alone; where none has, in
 * the first that has them at all. Within a section the nearest to its front centre. Undefined where no row has so many side by side.
 */
export const adjacentSeats = (sections: readonly HallSection[], isFree: IsFree, count: number): Block | undefined => {
  let withOrphan: Block | undefined;
  for (const section of sections) {
    const best = bestInSection(section, isFree, count);
    if (best !== undefined && !best.orphan) return best;
    withOrphan ??= best;
  }
  return withOrphan;
};
