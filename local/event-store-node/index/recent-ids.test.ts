import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RECENT_IDS, RecentIds } from './recent-ids.js';

const id = (n: number): string =>
  `0c3f${String(n).padStart(4, '0').slice(-4)}-0000-5000-8000-${n.toString(16).padStart(12, '0')}`;
const filled = (count: number): RecentIds => {
  const ids = new RecentIds();
  for (let n = 1; n <= count; n += 1) ids.add(id(n), n);
  return ids;
};

describe('the ids written lately', () => {
  it.each([1, RECENT_IDS, RECENT_IDS + 1, 2 * RECENT_IDS + 1, 3.5 * RECENT_IDS])('of %d hold the newest', (count) => {
    const ids = filled(count);
    const newest = Array.from({ length: Math.min(count, RECENT_IDS) }, (_, back) => count - back);
    expect(newest.filter((n) => ids.find(id(n)) !== n)).toEqual([]);
  });

  it('are bounded: the oldest are no longer known', () => {
    const ids = filled(2 * RECENT_IDS + 1);
    expect([1, RECENT_IDS].map((n) => ids.find(id(n)))).toEqual([undefined, undefined]);
  });

  it('tell of an id written twice where it was written last', () => {
    const ids = filled(RECENT_IDS + 1);
    ids.add(id(3), 99);
    expect(ids.find(id(3))).toBe(99);
  });

  it('forget an id that was taken back, from whichever generation, until it is written again', () => {
    const ids = filled(RECENT_IDS + 1);
    ids.add(id(3), 99);
    ids.forget(id(3));
    expect(ids.find(id(3))).toBeUndefined();
    ids.add(id(3), 100);
    expect(ids.find(id(3))).toBe(100);
  });

  it('are told apart whatever they look like', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.uuid(), { maxLength: 50 }), fc.uuid(), (uuids, other) => {
        const ids = new RecentIds();
        for (const [at, uuid] of uuids.entries()) ids.add(uuid, at + 1);
        expect(uuids.map((uuid) => ids.find(uuid))).toEqual(uuids.map((_, at) => at + 1));
        expect(ids.find(other)).toBe(uuids.includes(other) ? uuids.indexOf(other) + 1 : undefined);
      }),
    );
  });
});
