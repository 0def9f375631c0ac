import { describe, expect, it } from '@jest/globals';
import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import { fold } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { given } from '@tiketi/shared-kernel/event-sourcing/testing/scenario.js';
import { anna, at, ben, heldBy, ids, opened, orderId, performanceId, scheduled, seats, terms } from '../testing/facts.js';
import { type HoldSeats, holdSeats } from './hold-seats.js';
import { inventory } from './inventory.js';
import { openInventory } from './open-inventory.js';
import { releaseSeats } from './release-seats.js';
import { sellSeats } from './sell-seats.js';

const [first, second] = ids;
const hold = (more: Partial<HoldSeats> = {}) =>
  holdSeats({
    reservationId: first.reservationId,
    reservationNumber: first.reservationNumber,
    userId: anna,
    seatIds: seats('A-1-1', 'A-1-2'),
    now: at('10:00'),
    ...more,
  });
const asBen = { reservationId: second.reservationId, reservationNumber: second.reservationNumber, userId: ben };
const held = heldBy(anna, first, ['A-1-1', 'A-1-2']);
const sold: InventoryEvent = {
  type: 'SeatsSold',
  data: { performanceId, reservationId: first.reservationId, orderId, soldAt: at('10:01') },
};
const released: InventoryEvent = {
  type: 'SeatsReleased',
  data: { performanceId, reservationId: first.reservationId, reason: 'expired', releasedAt: at('10:11') },
};
const salesCancelled: InventoryEvent = { type: 'SalesCancelled', data: { performanceId, cancelledAt: at('09:00') } };

describe('opening the inventory of a performance', () => {
  it('takes geometry, prices and terms from the schedule', () =>
    given(inventory)
      .when(openInventory({ scheduled, now: at('09:00') }))
      .accepts(opened));
  it('happens once', () =>
    given(inventory, opened)
      .when(openInventory({ scheduled, now: at('09:30') }))
      .changesNothing());
});

describe('holding seats', () => {
  it('holds all of them at the price of the moment', () => given(inventory, opened).when(hold()).accepts(held));
  it('is done once for the same reservation', () => given(inventory, opened, held).when(hold()).changesNothing());
  it('names the seats in any order on a repeat', () =>
    given(inventory, opened, held)
      .when(hold({ seatIds: seats('A-1-2', 'A-1-1') }))
      .changesNothing());
  it('is still done once they are sold', () => given(inventory, opened, held, sold).when(hold()).changesNothing());
  it('refuses the same key with other seats', () =>
    given(inventory, opened, held)
      .when(hold({ seatIds: seats('A-1-1', 'A-1-3') }))
      .refuses('KeyReused'));
  it('refuses the same key with fewer seats', () =>
    given(inventory, opened, held)
      .when(hold({ seatIds: seats('A-1-1') }))
      .refuses('KeyReused'));
  it('never brings a released reservation back', () =>
    given(inventory, opened, held, released).when(hold()).refuses('ReservationClosed'));
  it('refuses a seat another holds', () =>
    given(inventory, opened, held)
      .when(hold({ ...asBen, seatIds: seats('A-1-3', 'A-1-2') }))
      .refuses('SeatTaken'));
  it('refuses a seat another bought', () => given(inventory, opened, held, sold).when(hold(asBen)).refuses('SeatTaken'));
  it('has released seats again', () =>
    given(inventory, opened, held, released)
      .when(hold({ ...asBen, now: at('10:12') }))
      .accepts(heldBy(ben, second, ['A-1-1', 'A-1-2'], '10:12')));
  it('needs an open inventory', () => given(inventory).when(hold()).refuses('PerformanceNotFound'));
  it('refuses once sales are cancelled', () => given(inventory, opened, salesCancelled).when(hold()).refuses('SalesCancelled'));
  it('refuses before the sale opens', () =>
    given(inventory, opened)
      .when(hold({ now: at('08:59') }))
      .refuses('SalesNotOpen'));
  it('refuses from the moment it ends', () =>
    given(inventory, opened)
      .when(hold({ now: terms.saleEndAt }))
      .refuses('SalesEnded'));
  it.each(['Z-1-1', 'A-11-1', 'A-1-21', 'A-1-99'])('refuses seat %s, which is not there', (seat) =>
    given(inventory, opened)
      .when(hold({ seatIds: seats(seat) }))
      .refuses('SeatUnknown'),
  );
  it('refuses more seats than a reservation may have', () =>
    given(inventory, opened)
      .when(hold({ seatIds: seats('A-1-1', 'A-1-2', 'A-1-3', 'A-1-4', 'A-1-5') }))
      .refuses('TooManySeats'));
  it('counts what the buyer has already', () =>
    given(inventory, opened, heldBy(anna, second, ['A-2-1', 'A-2-2', 'A-2-3']))
      .when(hold())
      .refuses('BuyerLimitReached'));
  it('counts released seats no more', () =>
    given(inventory, opened, heldBy(anna, second, ['A-2-1', 'A-2-2', 'A-2-3']), {
      ...released,
      data: { ...released.data, reservationId: second.reservationId },
    } as InventoryEvent)
      .when(hold())
      .accepts(held));
});

describe('selling held seats', () => {
  const sell = sellSeats({ reservationId: first.reservationId, orderId, now: at('10:01') });
  it('turns the hold into a sale', () => given(inventory, opened, held).when(sell).accepts(sold));
  it('is done once', () => given(inventory, opened, held, sold).when(sell).changesNothing());
  it('needs the hold', () => given(inventory, opened).when(sell).refuses('HoldUnknown'));
  it('needs the inventory', () => given(inventory).when(sell).refuses('HoldUnknown'));
  it('refuses a released hold', () => given(inventory, opened, held, released).when(sell).refuses('HoldReleased'));
  it('still sells after sales were cancelled', () => given(inventory, opened, held, salesCancelled).when(sell).accepts(sold));
});

describe('releasing held seats', () => {
  const release = releaseSeats({ reservationId: first.reservationId, reason: 'expired', now: at('10:11') });
  it('frees them', () => given(inventory, opened, held).when(release).accepts(released));
  it('is done once', () => given(inventory, opened, held, released).when(release).changesNothing());
  it('never frees sold ones', () => given(inventory, opened, held, sold).when(release).refuses('AlreadySold'));
  it('needs the hold', () => given(inventory, opened).when(release).refuses('HoldUnknown'));
  it('needs the inventory', () => given(inventory).when(release).refuses('HoldUnknown'));
});

describe('folding odd histories', () => {
  it.each([held, sold, released, salesCancelled])('$type before the opening changes nothing', (event) => {
    expect(fold(inventory, [event])).toEqual({ status: 'unopened' });
  });
  it('a release twice frees once', () => {
    expect(fold(inventory, [opened, held, released, released])).toEqual(fold(inventory, [opened, held, released]));
  });
  it('a sale of an unknown hold changes nothing', () => {
    expect(fold(inventory, [opened, sold])).toEqual(fold(inventory, [opened]));
  });
});
