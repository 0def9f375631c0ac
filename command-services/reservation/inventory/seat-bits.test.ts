import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countIn, hasSeat, noSeats, widened, withoutSeats, withSeats } from './seat-bits.js';

const SEATS = 100;
const seats = fc.uniqueArray(fc.nat(SEATS - 1));

describe('a set of seats', () => {
  it('has what was put in and not what was taken out, and leaves the sets it came from as they were', () =>
    fc.assert(
      fc.property(seats, seats, (put, taken) => {
        const before = withSeats(noSeats(SEATS), put);
        const after = withoutSeats(before, taken);
        for (let seat = 0; seat < SEATS; seat += 1) {
          expect(hasSeat(before, seat)).toBe(put.includes(seat));
          expect(hasSeat(after, seat)).toBe(put.includes(seat) && !taken.includes(seat));
        }
      }),
    ));

  it('counts those of any stretch', () =>
    fc.assert(
      fc.property(seats, fc.nat(SEATS), fc.nat(SEATS), (put, one, other) => {
        const [first, end] = [Math.min(one, other), Math.max(one, other)];
        const expected = put.filter((seat) => seat >= first && seat < end).length;
        return countIn(withSeats(noSeats(SEATS), put), first, end - first) === expected;
      }),
    ));

  it('is the same in a larger hall', () => {
    const bits = widened(withSeats(noSeats(33), [0, 31, 32]), SEATS);
    expect(countIn(bits, 0, SEATS)).toBe(3);
    expect([0, 31, 32, 33].map((seat) => hasSeat(bits, seat))).toEqual([true, true, true, false]);
  });
});
