import { describe, expect, it } from '@jest/globals';
import { percentLeft, scarcityOf } from './scarcity.js';

describe('what is left', () => {
  it('is few from a tenth of the house downwards', () => {
    expect([scarcityOf(11, 100), scarcityOf(10, 100), scarcityOf(1, 100), scarcityOf(0, 100), scarcityOf(0, 0)]).toEqual([
      'plenty',
      'few',
      'few',
      'none',
      'none',
    ]);
  });

  it('shows as a share that hides no last seat', () => {
    expect([percentLeft(265, 265), percentLeft(1, 15_000), percentLeft(0, 265), percentLeft(0, 0)]).toEqual([100, 1, 0, 0]);
  });
});
