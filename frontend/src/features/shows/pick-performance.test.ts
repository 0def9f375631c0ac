import { describe, expect, it } from '@jest/globals';
import { PerformanceSummary } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { fakeId } from '../../../testing/fake-shows.js';
import { pickPerformance } from './pick-performance.js';

const performance = (number: number, availableSeats: number, status = 'on_sale') =>
  PerformanceSummary.parse({ id: fakeId(2, number), startsAt: '2026-12-01T10:30:00Z', status, totalSeats: 10, availableSeats });

describe('the performance shown first', () => {
  const all = [performance(1, 0, 'sold_out'), performance(2, 4), performance(3, 9)];

  it('is the one asked for, sold out or not', () => {
    expect(pickPerformance(all, fakeId(2, 1))).toBe(all[0]);
  });

  it('else has seats on sale', () => {
    expect(pickPerformance(all, null)).toBe(all[1]);
    expect(pickPerformance(all, 'nonsense')).toBe(all[1]);
  });

  it('else is the first, or none', () => {
    expect(pickPerformance(all.slice(0, 1), null)).toBe(all[0]);
    expect(pickPerformance([], null)).toBeNull();
  });
});
