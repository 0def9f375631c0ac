import { describe, expect, it } from '@jest/globals';
import { drawnHall } from '../../testing/drawn-hall.js';
import { chooseSeats } from './choose-seats.js';

/** Seats chosen in a hall drawn row by row: `.` is free, `x` is not. */
const choose = (count: number, ...drawn: readonly (readonly string[])[]): readonly string[] | undefined => {
  const { sections, isFree, nameOf } = drawnHall(drawn);
  return chooseSeats(sections, isFree, count)?.map(nameOf);
};

describe('seats side by side', () => {
  it('are those in the middle of the front row', () => {
    expect(choose(2, ['......', '......'])).toEqual(['A-1-3', 'A-1-4']);
    expect(choose(3, ['.......'])).toEqual(['A-1-3', 'A-1-4', 'A-1-5']);
  });
  it('leave no seat alone while another choice of the size exists', () => {
    // the middle of the first row would leave one seat alone on each side
    expect(choose(2, ['....'])).toEqual(['A-1-1', 'A-1-2']);
    expect(choose(2, ['...x', '....'])).toEqual(['A-2-1', 'A-2-2']);
    expect(choose(2, ['...'], ['..'])).toEqual(['B-1-1', 'B-1-2']);
    expect(choose(1, ['.x..x.'])).toEqual(['A-1-1']);
  });
  it('may leave one alone where every choice of the size does', () => {
    expect(choose(2, ['...'])).toEqual(['A-1-1', 'A-1-2']);
    expect(choose(2, ['x...x', '.x...'])).toEqual(['A-1-2', 'A-1-3']);
  });
  it('are nearer the front rather than the middle of a row far back', () => {
    expect(choose(2, ['..xxxxxx', '........'])).toEqual(['A-2-4', 'A-2-5']);
    expect(choose(2, ['..xxxx', 'xxxxxx', 'xxxxxx', '......'])).toEqual(['A-1-1', 'A-1-2']);
  });
  it('are in the first section that has them', () => {
    expect(choose(2, ['xxxx', '..xx'], ['....'])).toEqual(['A-2-1', 'A-2-2']);
  });
});

describe('seats parted because no row has so many side by side', () => {
  it('stay in one row if it has so many', () => {
    expect(choose(3, ['..x.x', '..xx.'])).toEqual(['A-1-1', 'A-1-2', 'A-1-4']);
  });
  it('stay in as few pieces as can be', () => {
    expect(choose(4, ['.x.x.x.', '..x..xx'])).toEqual(['A-2-1', 'A-2-2', 'A-2-4', 'A-2-5']);
  });
  it('are in neighbouring rows', () => {
    expect(choose(4, ['..xx', 'xxxx', 'xxxx', '..xx', '..xx'])).toEqual(['A-4-1', 'A-4-2', 'A-5-1', 'A-5-2']);
  });
  it('are in fewer rows rather than nearer ones', () => {
    expect(choose(4, ['..xx', '.xxx', '.xxx', 'xx..'])).toEqual(['A-1-1', 'A-1-2', 'A-4-3', 'A-4-4']);
  });
  it('leave no seat alone where a row allows it', () => {
    // five of six: the one that stays is the one that was alone before
    expect(choose(5, ['...x', '.x..'])).toEqual(['A-1-1', 'A-1-2', 'A-1-3', 'A-2-3', 'A-2-4']);
  });
  it('are of one section if one has so many', () => {
    expect(choose(3, ['..', 'xx'], ['.x', '.x', '.x'])).toEqual(['B-1-1', 'B-2-1', 'B-3-1']);
  });
  it('are of the fullest section and the rest of another else', () => {
    expect(choose(4, ['.x', 'xx'], ['..', '.x'])).toEqual(['B-1-1', 'B-1-2', 'B-2-1', 'A-1-1']);
  });
});

describe('too few seats', () => {
  it('are none at all', () => {
    expect(choose(4, ['...x'])).toBeUndefined();
    expect(choose(1, ['x'])).toBeUndefined();
    expect(choose(1)).toBeUndefined();
  });
});
