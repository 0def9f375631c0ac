import { describe, expect, it } from '@jest/globals';
import { until } from '@tiketi/local/parts/until.js';
import { createHeldClaims } from './held-claims.js';

describe('held claims', () => {
  it('are renewed until dropped, also where a renewal fails', async () => {
    const renewed: string[] = [];
    const records = {
      renew: async (name: string, claim: string) => {
        renewed.push(`${name} ${claim}`);
        throw new Error('away');
      },
    };
    const held = createHeldClaims(records, { renewMs: 5 });
    held.hold('a', 'mine');
    held.hold('b', 'ours');
    await until(async () => renewed.filter((one) => one === 'a mine').length >= 3, { deadline: 5000, what: 'renewals of a' });
    held.drop('a');
    const ofA = renewed.filter((one) => one === 'a mine').length;
    const all = renewed.length;
    await until(async () => renewed.length >= all + 3, { deadline: 5000, what: 'renewals of b alone' });
    expect(renewed.filter((one) => one === 'a mine')).toHaveLength(ofA);
    held.drop('b');
  });

  it('are given up when no answer ever comes', async () => {
    let renewals = 0;
    const held = createHeldClaims(
      {
        renew: async () => {
          renewals += 1;
        },
      },
      { renewMs: 5, longestMs: 50 },
    );
    held.hold('silent', 'mine');
    await until(async () => renewals > 2, { deadline: 5000, what: 'renewals' });
    let before = -1;
    await until(
      async () => {
        const still = renewals === before;
        before = renewals;
        return still;
      },
      { deadline: 5000, every: 60, what: 'the renewals to end' },
    );
  });
});
