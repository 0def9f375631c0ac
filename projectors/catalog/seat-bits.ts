export const AVAILABLE = 0;
export const HELD = 1;
export const SOLD = 2;
/** Kept from sale by an organiser. */
export const BLOCKED = 3;
export type SeatState = typeof AVAILABLE | typeof HELD | typeof SOLD | typeof BLOCKED;

/** All seats available: two bits a seat, lowest bits first in each byte. */
export const allAvailable = (totalSeats: number): Buffer => Buffer.alloc(Math.ceil(totalSeats / 4));

/** Changes the bits in place. */
export const setSeat = (bits: Buffer, index: number, state: SeatState): void => {
  const shift = (index & 3) * 2;
  const byte = bits[index >> 2] ?? 0;
  bits[index >> 2] = (byte & ~(3 << shift)) | (state << shift);
};

export const seatAt = (bits: Buffer, index: number): number => ((bits[index >> 2] ?? 0) >> ((index & 3) * 2)) & 3;

const countInByte = (byte: number, state: SeatState): number =>
  [0, 2, 4, 6].filter((shift) => ((byte >> shift) & 3) === state).length;
const tableOf = (state: SeatState): Uint8Array => Uint8Array.from({ length: 256 }, (_, byte) => countInByte(byte, state));
const HELD_IN_BYTE = tableOf(HELD);
const SOLD_IN_BYTE = tableOf(SOLD);
const BLOCKED_IN_BYTE = tableOf(BLOCKED);

export type SeatCounts = { readonly held: number; readonly sold: number; readonly blocked: number };

export const countSeats = (bits: Buffer): SeatCounts => {
  let held = 0;
  let sold = 0;
  let blocked = 0;
  for (const byte of bits) {
    held += HELD_IN_BYTE[byte] ?? 0;
    sold += SOLD_IN_BYTE[byte] ?? 0;
    blocked += BLOCKED_IN_BYTE[byte] ?? 0;
  }
  return { held, sold, blocked };
};

/** The same states with room for more seats after them, all available. */
export const withMoreSeats = (bits: Buffer, totalSeats: number): Buffer => {
  const wider = allAvailable(totalSeats);
  bits.copy(wider);
  return wider;
};
