import { describe, expect, it } from '@jest/globals';
import { ReservationId } from '@tiketi/shared-kernel/contracts/ids.js';
import fc from 'fast-check';
import { seats } from '../testing/facts.js';
import { type ClosedHolds, closedCount, closedFrom, isClosed, noneClosed, wasWish, withClosed } from './closed-holds.js';
import { digestOf, type Wish } from './wish.js';

const wishFor = (...names: string[]): Wish => ({ seatIds: seats(...names), tickets: [] });
const wishes = [wishFor('A-1-1'), wishFor('A-1-1', 'A-1-2'), wishFor('B-1-1')] as const;
/** Many ids on few shelves. */
const id = fc
  .tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 0, max: 7 }))
  .map(([a, b]) => ReservationId.parse(`${a.toString(16).repeat(8)}-0000-4000-8000-00000000000${b}`));
const closings = fc.array(fc.tuple(id, fc.nat({ max: wishes.length - 1 })), { maxLength: 60 });

describe('closed holds', () => {
  it('are those that were closed, each with the wish it was first closed with, and what was before stays as it was', () =>
    fc.assert(
      fc.property(closings, fc.array(id), (wanted, others) => {
        const told = new Map<ReservationId, Wish>();
        let closed: ClosedHolds = noneClosed;
        for (const [reservationId, n] of wanted) {
          const wish = wishes[n] ?? wishes[0];
          const [before, count] = [closed, told.size];
          closed = withClosed(closed, reservationId, wish);
          if (!told.has(reservationId)) expect(isClosed(before, reservationId)).toBe(false);
          expect(closedCount(before)).toBe(count);
          told.set(reservationId, told.get(reservationId) ?? wish);
        }
        for (const again of [closed, closedFrom(closed.values())]) {
          expect(closedCount(again)).toBe(told.size);
          for (const reservationId of [...others, ...told.keys()]) {
            expect(isClosed(again, reservationId)).toBe(told.has(reservationId));
            for (const wish of wishes)
              expect(wasWish(again, reservationId, wish)).toBe(
                told.has(reservationId) ? told.get(reservationId) === wish : undefined,
              );
          }
        }
      }),
    ));

  it('do not have one whose id is spelled by two neighbours together', () => {
    const [first, second] = ['AAAAAAAAAAAAAAAAAAAxxA', 'BBBBBBBBBBBxxABBBBBxxA'].map(idOf) as [ReservationId, ReservationId];
    const between = idOf(`${digestOf(wishes[0])}BBBBBBBBBBBxxA`);
    const closed = withClosed(withClosed(noneClosed, first, wishes[0]), second, wishes[1]);
    expect([...closed.values()][0]).toContain(`${digestOf(wishes[0])}BBBBBBBBBBBxxA`);
    expect([first, second, between].map((each) => isClosed(closed, each))).toEqual([true, true, false]);
    const all = withClosed(closed, between, wishes[2]);
    expect([first, second, between].map((each, n) => wasWish(all, each, wishes[n] ?? wishes[0]))).toEqual([true, true, true]);
  });
});

/** The id that these 22 characters of base64url are, of no version that anybody would derive. */
const idOf = (key: string): ReservationId =>
  Buffer.from(key, 'base64url')
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') as ReservationId;
