export const AVAILABLE = 0;
export const HELD = 1;
export const SOLD = 2;
export type SeatState = typeof AVAILABLE | typeof HELD | typeof SOLD;

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
const HELD_IN_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => countInByte(byte, HELD));
const SOLD_IN_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => countInByte(byte, SOLD));

export const countSeats = (bits: Buffer): { readonly held: number; readonly sold: number } => {
  let held = 0;
  let sold = 0;
  for (const byte of bits) {
    held += HELD_IN_BYTE[byte] ?? 0;
    sold += SOLD_IN_BYTE[byte] ?? 0;
  }
  return { held, sold };
};
