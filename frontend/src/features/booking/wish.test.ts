import { describe, expect, it } from '@jest/globals';
import { ReserveRequest } from '@tiketi/shared-kernel/contracts/http/reservations.js';
import { TicketTypeView } from '@tiketi/shared-kernel/contracts/http/shows.js';
import fc from 'fast-check';
import { fakeId } from '../../../testing/fake-shows.js';
import { bestWished, type Counts, countAll, mostOf, placesWished, totalPrice } from './wish.js';

const performanceId = fakeId(2, 1);
const type = (n: number, price: number, availableQuantity: number) =>
  TicketTypeView.parse({ id: fakeId(4, n), performanceId, name: `type ${n}`, price, totalQuantity: 100, availableQuantity });
const floor = type(1, 20_000, 3);
const lawn = type(2, 15_000, 50);

describe('places wished for', () => {
  it('are those counted, at their price', () => {
    const counts: Counts = { [floor.id]: 2, [lawn.id]: 0 };
    expect(placesWished([floor, lawn], counts)).toEqual({ tickets: [{ ticketTypeId: floor.id, quantity: 2 }] });
    expect(totalPrice([floor, lawn], { ...counts, [lawn.id]: 1 })).toBe(55_000);
    expect(placesWished([floor, lawn], {})).toBeUndefined();
  });

  it('never pass what is left nor the limit of a booking', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(floor, lawn), { maxLength: 20 }), fc.integer({ min: 1, max: 8 }), (clicks, limit) => {
        let counts: Counts = {};
        for (const one of clicks) {
          const count = counts[one.id] ?? 0;
          if (count < mostOf(one, counts, limit)) counts = { ...counts, [one.id]: count + 1 };
        }
        expect(countAll(counts)).toBeLessThanOrEqual(limit);
        expect(counts[floor.id] ?? 0).toBeLessThanOrEqual(3);
        const wish = placesWished([floor, lawn], counts);
        if (wish !== undefined) ReserveRequest.parse({ performanceId, ...wish });
      }),
    );
  });

  it('shrink where fewer are left than were chosen', () => expect(mostOf(type(1, 1, 1), { [floor.id]: 3 }, 4)).toBe(1));
});

describe('the best seats wished for', () => {
  it.each(['', 'VIP'])('of grade %j are a request the API takes', (grade) => {
    const { bestAvailable } = ReserveRequest.parse({ performanceId, ...bestWished(2, grade) });
    expect(bestAvailable).toEqual(grade === '' ? { count: 2 } : { count: 2, grade });
  });
});
