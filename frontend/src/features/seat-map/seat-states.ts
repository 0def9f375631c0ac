export const AVAILABLE = 0;
export const HELD = 1;
export const SOLD = 2;
/** Kept from sale by the organiser. */
export const BLOCKED = 3;

/**
 * One state a seat, in index order, out of the two-bit base64 set of `SeatStatus`.
 * @throws {RangeError} when the set is of another length than `totalSeats` needs
 */
export const decodeSeatStates = (base64: string, totalSeats: number): Uint8Array => {
  const bytes = atob(base64);
  if (bytes.length !== Math.ceil(totalSeats / 4)) {
    throw new RangeError(`${bytes.length} bytes cannot be the states of ${totalSeats} seats`);
  }
  const states = new Uint8Array(totalSeats);
  for (let seat = 0; seat < totalSeats; seat += 1) {
    states[seat] = (bytes.charCodeAt(seat >> 2) >> ((seat & 3) * 2)) & 3;
  }
  return states;
};
