import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import type { ChosenSeat, IsFree } from '../inventory/best-available/rows.js';
import { extended, type HallSection, noHall, seatIdAt } from '../inventory/hall.js';

/** A hall drawn for a test: sections A, B, … of rows of seats, `.` free and anything else not. */
export const drawnHall = (
  drawn: readonly (readonly string[])[],
): { readonly sections: readonly HallSection[]; readonly isFree: IsFree; readonly nameOf: (seat: ChosenSeat) => string } => {
  const hall = extended(
    noHall,
    drawn.map((rows, index) => ({
      section: String.fromCharCode(65 + index),
      rows: rows.length,
      seatsPerRow: rows[0]?.length ?? 0,
      grade: 'R',
      price: Won.parse(1000),
    })),
  );
  const seats = drawn.flat().join('');
  return {
    sections: [...hall.sections.values()],
    isFree: (seat) => seats[seat] === '.',
    nameOf: ({ section, seat }) => seatIdAt(section, seat),
  };
};
