import { describe, expect, it } from '@jest/globals';
import { closedLoop, median, openLoop, percentile, tally } from './pace.js';

const samples = [5, 1, 4, 2, 3].map((milliseconds) => ({ milliseconds, outcome: milliseconds > 3 ? 'slow' : 'fast' }));

describe('samples', () => {
  it.each([
    [0.5, 3],
    [0.95, 5],
    [0.2, 1],
  ])('the share %p does not exceed %p ms', (share, value) => expect(percentile(samples, share)).toBe(value));
  it('are counted by outcome', () => expect(tally(samples)).toEqual({ slow: 2, fast: 3 }));
  it('have a middle', () => expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]));
});

describe('loops', () => {
  it('at a fixed rate ask exactly as often as asked for', async () => {
    const asked = await openLoop(async () => 'ok', 500, 0.1);
    expect(asked).toHaveLength(50);
  });
  it('without a pause keep the number of workers busy', async () => {
    let busy = 0;
    let most = 0;
    const ask = async () => {
      busy += 1;
      most = Math.max(most, busy);
      await new Promise((resolve) => setImmediate(resolve));
      busy -= 1;
      return 'ok';
    };
    const asked = await closedLoop(ask, 4, 0.05);
    expect(most).toBe(4);
    expect(asked.length).toBeGreaterThan(4);
  });
});
