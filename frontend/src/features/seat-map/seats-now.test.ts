import { describe, expect, it } from '@jest/globals';
import { PerformanceId } from '@tiketi/shared-kernel/contracts/ids.js';
import { fakeId } from '../../../testing/fake-shows.js';
import { newerSeats, SeatsNow } from './seats-now.js';

const report = (version: string, performance = 1) => ({ performanceId: PerformanceId.parse(fakeId(2, performance)), version });

describe('the seats now', () => {
  it('go forward with the version, compared as a number', () => {
    const [nine, ten] = [report('9'), report('10')];
    expect(newerSeats(nine, ten)).toBe(ten);
    expect(newerSeats(ten, nine)).toBe(ten);
  });

  it('stay the same object while nothing is new', () => {
    const held = report('9');
    expect(newerSeats(held, report('9'))).toBe(held);
  });

  it('start afresh for another performance', () => {
    const other = report('1', 2);
    expect(newerSeats(report('9'), other)).toBe(other);
    expect(newerSeats(undefined, other)).toBe(other);
  });

  it('are refused where the bits do not fit the seats', () => {
    const status = {
      ...report('1'),
      totalSeats: 9,
      available: 9,
      held: 0,
      sold: 0,
      blocked: 0,
      mapVersion: '0',
      status: btoa('\0\0\0'),
    };
    expect(SeatsNow.parse(status).states).toHaveLength(9);
    expect(() => SeatsNow.parse({ ...status, totalSeats: 13 })).toThrow(RangeError);
  });
});
