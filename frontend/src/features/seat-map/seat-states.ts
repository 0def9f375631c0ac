export const AVAILABLE = 0;
export const HELD = 1;
export const SOLD = 2;

const UNKNOWN = 3;

/**
 * One state a seat, in index order, out of the two-bit base64 set of `SeatStatus`.
 * @throws {RangeError} when the set is of another length than `totalSeats` needs, or holds a state that does not exist
 */
export const decodeSeatStates = (base64: string, totalSeats: number): Uint8Array => {
  const bytes = atob(base64);
  if (bytes.length !== Math.ceil(totalSeats / 4)) {
    throw new RangeError(`${bytes.length} bytes cannot be the states of ${totalSeats} seats`);
  }
  const states = new Uint8Array(totalSeats);
  for (let seat = 0; seat < totalSeats; seat += 1) {
    const state = (bytes.charCodeAt(seat >> 2) >> ((seat & 3) * 2)) & 3;
    if (state === UNKNOWN) throw new RangeError(`seat ${seat} has no known state`);
    states[seat] = state;
  }
  return states;
};
