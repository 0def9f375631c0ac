import type { SeatMap } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { AVAILABLE } from './seat-states.js';

type Section = SeatMap['sections'][number];
export type SectionTally = { section: string; grade: string; price: number; available: number; total: number };
export type GradeTally = { grade: string; price: number; available: number; total: number };

const tally = ({ section, grade, price, rows, seatsPerRow, firstIndex }: Section, states: Uint8Array): SectionTally => {
  const total = rows * seatsPerRow;
  let available = 0;
  for (let seat = firstIndex; seat < firstIndex + total; seat += 1) if (states[seat] === AVAILABLE) available += 1;
  return { section, grade, price, available, total };
};

/** Seats left in each section, in the order of the layout. */
export const tallySections = (map: SeatMap, states: Uint8Array): SectionTally[] =>
  map.sections.map((section) => tally(section, states));

/** Seats left in each grade, dearest first. */
export const tallyGrades = (sections: readonly SectionTally[]): GradeTally[] => {
  const grades = new Map<string, GradeTally>();
  for (const { grade, price, available, total } of sections) {
    const sum = grades.get(grade) ?? { grade, price, available: 0, total: 0 };
    grades.set(grade, { ...sum, available: sum.available + available, total: sum.total + total });
  }
  return [...grades.values()].sort((a, b) => b.price - a.price);
};
