/**
 * A set of seats, one bit each by the seat's place in the order of the hall. Never changed once made: 15,000 seats are 2 KB, so that a
 * copy for each change costs less than a microsecond.
 */
export type SeatBits = Readonly<Uint32Array>;

export const noSeats = (seats: number): SeatBits => new Uint32Array((seats + 31) >>> 5);

export const hasSeat = (bits: SeatBits, seat: number): boolean => (((bits[seat >>> 5] ?? 0) >>> (seat & 31)) & 1) === 1;

export const withSeats = (bits: SeatBits, seats: Iterable<number>): SeatBits => {
  const next = Uint32Array.from(bits);
  for (const seat of seats) next[seat >>> 5] = (next[seat >>> 5] ?? 0) | (1 << (seat & 31));
  return next;
};

export const withoutSeats = (bits: SeatBits, seats: Iterable<number>): SeatBits => {
  const next = Uint32Array.from(bits);
  for (const seat of seats) next[seat >>> 5] = (next[seat >>> 5] ?? 0) & ~(1 << (seat & 31));
  return next;
};

/** Seats in either of two sets of one hall. */
export const inEither = (one: SeatBits, other: SeatBits): SeatBits => one.map((word, index) => word | (other[index] ?? 0));

/** The same seats in a hall that has become larger. */
export const widened = (bits: SeatBits, seats: number): SeatBits => {
  const next = new Uint32Array((seats + 31) >>> 5);
  next.set(bits);
  return next;
};

const bitsIn = (word: number): number => {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
};

/** How many of `count` seats from `first` on are in the set, 32 at a time. */
export const countIn = (bits: SeatBits, first: number, count: number): number => {
  let found = 0;
  for (let from = first; from < first + count; from = (from | 31) + 1) {
    const left = first + count - (from & ~31);
    const upTo = left >= 32 ? -1 : (1 << left) - 1;
    found += bitsIn((bits[from >>> 5] ?? 0) & upTo & (-1 << (from & 31)));
  }
  return found;
};
