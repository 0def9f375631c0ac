import { describe, expect, it } from '@jest/globals';
import { fakeId } from '../../../testing/fake-shows.js';
import { posterDesign } from './poster-design.js';

describe('the poster of a show without a picture', () => {
  it('stays the same for a show and varies among shows', () => {
    expect(posterDesign(fakeId(1, 1))).toEqual(posterDesign(fakeId(1, 1)));
    const hues = new Set(Array.from({ length: 40 }, (_, number) => posterDesign(fakeId(1, number)).from));
    expect(hues.size).toBeGreaterThan(5);
  });
});
