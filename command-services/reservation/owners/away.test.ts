import { describe, expect, it } from '@jest/globals';
import { createAway } from './away.js';

describe('owners that do not answer', () => {
  let now = 0;
  const away = () => {
    now = 0;
    return createAway(() => now, 2000);
  };

  it('are asked until one of them is silent, and then left alone', () => {
    const known = away();
    known.told('a', true);
    expect(known.mayAsk('a')).toBe(true);
    known.told('a', false);
    expect([known.mayAsk('a'), known.mayAsk('b')]).toEqual([false, true]);
  });

  it('are tried again by one caller at a time', () => {
    const known = away();
    known.told('a', false);
    now = 2000;
    expect([known.mayAsk('a'), known.mayAsk('a')]).toEqual([true, false]);
    known.told('a', false);
    now = 3999;
    expect(known.mayAsk('a')).toBe(false);
    now = 4000;
    expect(known.mayAsk('a')).toBe(true);
    known.told('a', true);
    expect([known.mayAsk('a'), known.mayAsk('a')]).toEqual([true, true]);
  });

  it('are tried again even where the last to try never told', () => {
    const known = away();
    known.told('a', false);
    now = 2000;
    expect(known.mayAsk('a')).toBe(true);
    now = 4000;
    expect(known.mayAsk('a')).toBe(true);
  });
});
