import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { packSeatStates } from '../../../testing/fake-seats.js';
import { decodeSeatStates } from './seat-states.js';

describe('seat states', () => {
  it('reads the lowest bits of each byte first', () => {
    // 0b10_01_00_10: sold, available, held, sold
    expect([...decodeSeatStates(btoa(String.fromCharCode(0b10_01_00_10)), 4)]).toEqual([2, 0, 1, 2]);
  });

  it('gives back any states as they were packed', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 300 }), (states) => {
        expect([...decodeSeatStates(packSeatStates(Uint8Array.from(states)), states.length)]).toEqual(states);
      }),
    );
  });

  it('refuses a set of the wrong length', () => {
    expect(() => decodeSeatStates(btoa('\0'), 5)).toThrow(RangeError);
    expect(() => decodeSeatStates(btoa('\0\0'), 4)).toThrow(RangeError);
  });

  it('does not mind what fills the last byte up', () => {
    expect([...decodeSeatStates(btoa(String.fromCharCode(0b11_11_11_01)), 1)]).toEqual([1]);
  });
});
