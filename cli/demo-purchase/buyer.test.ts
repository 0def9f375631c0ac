import { describe, expect, it } from '@jest/globals';
import { SeatMap, SeatStatus } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { freeNeighbours } from './buyer.js';

const performanceId = '5f0e0000-0000-4000-8000-000000000004';
const map = SeatMap.parse({
  performanceId,
  version: '0',
  layoutId: '5f0e0000-0000-4000-8000-000000000005',
  totalSeats: 10,
  sections: [
    { section: 'A', rows: 2, seatsPerRow: 3, grade: 'VIP', price: 1000, firstIndex: 0 },
    { section: 'B', rows: 1, seatsPerRow: 4, grade: 'R', price: 1000, firstIndex: 6 },
  ],
});

/** Seats by state, in index order: 0 free, 1 held, 2 sold, 3 blocked. */
const statusOf = (...states: number[]): SeatStatus => {
  const bytes = Buffer.alloc(Math.ceil(states.length / 4));
  for (const [index, state] of states.entries()) bytes[index >> 2] = (bytes[index >> 2] ?? 0) | (state << ((index & 3) * 2));
  const count = (wanted: number) => states.filter((state) => state === wanted).length;
  return SeatStatus.parse({
    performanceId,
    version: '1',
    mapVersion: '0',
    totalSeats: states.length,
    available: count(0),
    held: count(1),
    sold: count(2),
    blocked: count(3),
    status: bytes.toString('base64'),
  });
};

describe('free neighbours', () => {
  it('are the first ones', () =>
    expect(freeNeighbours(map, statusOf(0, 0, 0, 0, 0, 0, 0, 0, 0, 0), 2)).toEqual(['A-1-1', 'A-1-2']));
  it('skip held, sold and blocked seats', () => {
    expect(freeNeighbours(map, statusOf(0, 1, 0, 2, 0, 0, 0, 0, 0, 0), 2)).toEqual(['A-2-2', 'A-2-3']);
    expect(freeNeighbours(map, statusOf(0, 3, 0, 0, 3, 0, 0, 0, 0, 0), 2)).toEqual(['B-1-1', 'B-1-2']);
  });
  it('never span two rows', () =>
    expect(freeNeighbours(map, statusOf(1, 1, 0, 0, 1, 0, 0, 0, 1, 1), 2)).toEqual(['B-1-1', 'B-1-2']));
  it('need not exist', () => expect(freeNeighbours(map, statusOf(1, 0, 2, 0, 1, 0, 1, 0, 1, 0), 2)).toBeUndefined());
});
