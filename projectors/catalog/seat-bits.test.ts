import { describe, expect, it } from '@jest/globals';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import fc from 'fast-check';
import { allAvailable, countSeats, type SeatState, seatAt, setSeat, withMoreSeats } from './seat-bits.js';
import { createSeatIndex, seatsIn } from './seat-index.js';

describe('seat bits', () => {
  it('put four seats in a byte, lowest bits first', () => {
    const bits = allAvailable(5);
    setSeat(bits, 1, 1);
    setSeat(bits, 4, 2);
    expect([...bits]).toEqual([0b0000_0100, 0b0000_0010]);
  });

  it('hold what was last written and count it', () => {
    const change = fc.tuple(fc.nat(99), fc.constantFrom<SeatState>(0, 1, 2, 3));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 300 }), (changes) => {
        const bits = allAvailable(100);
        const model = new Map<number, SeatState>();
        for (const [seat, state] of changes) {
          setSeat(bits, seat, state);
          model.set(seat, state);
        }
        const count = (state: SeatState) => [...model.values()].filter((s) => s === state).length;
        expect(countSeats(bits)).toEqual({ held: count(1), sold: count(2), blocked: count(3) });
        for (const [seat, state] of model) expect(seatAt(bits, seat)).toBe(state);
      }),
    );
  });
});

describe('more seats', () => {
  it.each([4, 5, 6, 9])('after five leave the five as they were: %i more', (more) => {
    const bits = allAvailable(5);
    for (const [seat, state] of ([3, 2, 1, 0, 3] as const).entries()) setSeat(bits, seat, state);
    const wider = withMoreSeats(bits, 5 + more);
    expect(Array.from({ length: 5 + more }, (_, seat) => seatAt(wider, seat))).toEqual([3, 2, 1, 0, 3, ...Array(more).fill(0)]);
    expect(wider.length).toBe(Math.ceil((5 + more) / 4));
  });
});

describe('the seat index', () => {
  const sections = [
    { section: 'A', rows: 2, seatsPerRow: 3, grade: 'VIP', price: Won.parse(10) },
    { section: '나', rows: 1, seatsPerRow: 2, grade: 'R', price: Won.parse(5) },
  ];
  const indexOf = createSeatIndex(sections);

  it('counts through sections, rows and seats', () => {
    expect(['A-1-1', 'A-1-3', 'A-2-1', 'A-2-3', '나-1-1', '나-1-2'].map(indexOf)).toEqual([0, 2, 3, 5, 6, 7]);
    expect(seatsIn(sections)).toBe(8);
  });

  it.each(['A-0-1', 'A-3-1', 'A-1-4', 'B-1-1', '나-2-1', 'A', 'A-1-x'])('knows no seat %s', (seat) => {
    expect(indexOf(seat)).toBeUndefined();
  });
});
