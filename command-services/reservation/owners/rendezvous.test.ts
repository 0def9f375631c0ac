import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ownerAmong, type Replica } from './rendezvous.js';

const replicasOf = (ids: readonly string[]): Replica[] => ids.map((id) => ({ id, baseUrl: `http://${id}` }));
const replicas = fc.uniqueArray(fc.uuid(), { minLength: 1, maxLength: 6 }).map(replicasOf);
const keys = Array.from({ length: 3000 }, (_, n) => `performance ${n}`);

describe('the owner among the replicas', () => {
  it('is the same whatever order they are listed in', () =>
    fc.assert(
      fc.property(replicas, fc.uuid(), (all, key) => {
        expect(ownerAmong([...all].reverse(), key)).toEqual(ownerAmong(all, key));
      }),
    ));

  it('changes only for what the one that went had', () =>
    fc.assert(
      fc.property(replicas, fc.uuid(), fc.uuid(), (all, key, id) => {
        const [newcomer] = replicasOf([id]);
        if (newcomer === undefined || all.some((replica) => replica.id === id)) return;
        const owner = ownerAmong([...all, newcomer], key);
        if (owner !== newcomer) expect(owner).toEqual(ownerAmong(all, key));
      }),
    ));

  it('is each of three about as often', () => {
    const three = replicasOf(['a', 'b', 'c']);
    const counts = new Map<string | undefined, number>();
    for (const key of keys) {
      const id = ownerAmong(three, key)?.id;
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(['a', 'b', 'c']);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it('is nobody where there is none', () => expect(ownerAmong([], 'a')).toBeUndefined());
});
