import type { LayoutSection } from '@tiketi/shared-kernel/contracts/events/layout.js';

const SIDE = 100;

/** Sections of 100 rows of 100 seats, as many as hold the seats asked for. */
export const sectionsFor = (seats: number): Omit<LayoutSection, 'grade'>[] =>
  Array.from({ length: Math.ceil(seats / SIDE ** 2) }, (_, n) => ({ section: sectionName(n), rows: SIDE, seatsPerRow: SIDE }));

/** The n-th seat of such a hall, from 0. */
export const seatName = (n: number): string => {
  const within = n % SIDE ** 2;
  return `${sectionName(Math.floor(n / SIDE ** 2))}-${Math.floor(within / SIDE) + 1}-${(within % SIDE) + 1}`;
};

const sectionName = (n: number): string => String.fromCharCode('A'.charCodeAt(0) + n);
