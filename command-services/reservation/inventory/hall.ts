import type { PricedSection } from '@tiketi/shared-kernel/contracts/events/layout.js';
import { SeatId } from '@tiketi/shared-kernel/contracts/ids.js';

/** A section and the place of its first seat in the order of all seats: sections as listed, then rows, then seats. */
export type HallSection = PricedSection & { readonly first: number };

export type Hall = {
  readonly sections: ReadonlyMap<string, HallSection>;
  readonly totalSeats: number;
};

/** The most seats a layout may have, and so a hall that grows. */
export const MOST_SEATS = 50_000;

export const noHall: Hall = { sections: new Map(), totalSeats: 0 };

/** The hall with sections after those it has; the place of no seat changes. */
export const extended = (hall: Hall, added: readonly PricedSection[]): Hall => {
  const sections = new Map(hall.sections);
  let { totalSeats } = hall;
  for (const section of added) {
    sections.set(section.section, { ...section, first: totalSeats });
    totalSeats += section.rows * section.seatsPerRow;
  }
  return { sections, totalSeats };
};

/** Where a seat is: its section and its place in the order; undefined where there is no such seat. */
export const placeOf = (hall: Hall, seatId: SeatId): { readonly section: HallSection; readonly seat: number } | undefined => {
  const [name = '', rowText, seatText] = seatId.split('-');
  const section = hall.sections.get(name);
  const row = Number(rowText);
  const seat = Number(seatText);
  if (section === undefined || row > section.rows || seat > section.seatsPerRow) return undefined;
  return { section, seat: section.first + (row - 1) * section.seatsPerRow + seat - 1 };
};

/** Places of seats that are known to be there; any other is left out. */
export const placesOf = (hall: Hall, seatIds: Iterable<SeatId>): number[] => {
  const places: number[] = [];
  for (const seatId of seatIds) {
    const place = placeOf(hall, seatId);
    if (place !== undefined) places.push(place.seat);
  }
  return places;
};

/** The id of the seat at a place of a section. */
export const seatIdAt = (section: HallSection, seat: number): SeatId => {
  const offset = seat - section.first;
  const row = Math.floor(offset / section.seatsPerRow);
  return SeatId.parse(`${section.section}-${row + 1}-${offset - row * section.seatsPerRow + 1}`);
};
