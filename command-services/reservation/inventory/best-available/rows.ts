import type { HallSection } from '../hall.js';

/** Whether the seat at a place in the order of the hall can be had. */
export type IsFree = (seat: number) => boolean;

/** A seat of a choice. */
export type ChosenSeat = { readonly section: HallSection; readonly seat: number };

/** One row: the place of its first seat, and how far back it lies (0 is the front). */
export type Row = { readonly section: HallSection; readonly first: number; readonly depth: number };

/** Free seats side by side, between taken ones or the ends of the row. `start` is the place of the first. */
export type Run = { readonly start: number; readonly length: number };

export const rowAt = (section: HallSection, depth: number): Row => ({
  section,
  depth,
  first: section.first + depth * section.seatsPerRow,
});

export const runsOf = ({ section, first }: Row, isFree: IsFree): Run[] => {
  const runs: Run[] = [];
  const end = first + section.seatsPerRow;
  for (let seat = first; seat < end; seat += 1) {
    if (!isFree(seat)) continue;
    const start = seat;
    while (seat < end && isFree(seat)) seat += 1;
    runs.push({ start, length: seat - start });
  }
  return runs;
};

/** One row back weighs as much as two seats aside: rows lie about twice as far apart as seats. */
const SEATS_PER_ROW_BACK = 2;

/** How far seats side by side lie from the front centre of their section: squared, in half seats. */
export const distanceOf = ({ section, first, depth }: Row, start: number, count: number): number => {
  const aside = 2 * (start - first) + count - section.seatsPerRow;
  const back = 2 * SEATS_PER_ROW_BACK * depth;
  return aside * aside + back * back;
};

/** The least distance any seat of a row can have. */
export const leastDistanceOf = (depth: number): number => (2 * SEATS_PER_ROW_BACK * depth) ** 2;

/** Taking `count` from `start` out of a run leaves one free seat alone on a side. */
export const leavesOrphan = (run: Run, start: number, count: number): boolean =>
  start - run.start === 1 || run.start + run.length - start - count === 1;
