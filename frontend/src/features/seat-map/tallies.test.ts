import { describe, expect, it } from '@jest/globals';
import { SeatMap } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { fakeId } from '../../../testing/fake-shows.js';
import { gradeColours } from './grade-colours.js';
import { tallyGrades, tallySections } from './tallies.js';

const map = SeatMap.parse({
  version: '0',
  performanceId: fakeId(2, 1),
  layoutId: fakeId(3, 1),
  totalSeats: 8,
  sections: [
    { section: 'A', rows: 1, seatsPerRow: 2, grade: 'S', price: 100, firstIndex: 0 },
    { section: 'B', rows: 2, seatsPerRow: 2, grade: 'VIP', price: 300, firstIndex: 2 },
    { section: 'C', rows: 2, seatsPerRow: 1, grade: 'S', price: 100, firstIndex: 6 },
  ],
});
const states = Uint8Array.from([0, 1, 2, 0, 0, 0, 2, 0]);

describe('tallies', () => {
  it('count what is left in each section', () => {
    expect(tallySections(map, states)).toEqual([
      { section: 'A', grade: 'S', price: 100, available: 1, total: 2 },
      { section: 'B', grade: 'VIP', price: 300, available: 3, total: 4 },
      { section: 'C', grade: 'S', price: 100, available: 1, total: 2 },
    ]);
  });

  it('sum up by grade, dearest first', () => {
    expect(tallyGrades(tallySections(map, states))).toEqual([
      { grade: 'VIP', price: 300, available: 3, total: 4 },
      { grade: 'S', price: 100, available: 2, total: 4 },
    ]);
  });

  it('colour grades by rank, and start over when the colours run out', () => {
    const colours = gradeColours(['VIP', 'R', 'S', 'A', 'B', 'C', 'D']);
    expect(colours.get('VIP')).toBe('--grade-1');
    expect(colours.get('D')).toBe('--grade-1');
  });
});
