import { describe, expect, it } from '@jest/globals';
import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import { fold } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { given } from '@tiketi/shared-kernel/event-sourcing/testing/scenario.js';
import { anna, at, heldBy, ids, opened, orderId, performanceId, scheduled } from '../testing/facts.js';
import { closedCount } from './closed-holds.js';
import { inventory } from './inventory.js';
import { openInventory } from './open-inventory.js';
import { type ReleaseSeats, releaseSeats } from './release-seats.js';
import { sellSeats } from './sell-seats.js';

const [{ reservationId }] = ids;
const held = heldBy(anna, ids[0], ['A-1-1', 'A-1-2'], '10:00', 1);
const sold: InventoryEvent = { type: 'SeatsSold', data: { performanceId, reservationId, orderId, soldAt: at('10:01') } };
const releasedFor = (reason: ReleaseSeats['reason']): InventoryEvent => ({
  type: 'SeatsReleased',
  data: { performanceId, reservationId, reason, releasedAt: at('10:11') },
});
const released = releasedFor('expired');
const salesCancelled: InventoryEvent = { type: 'SalesCancelled', data: { performanceId, cancelledAt: at('09:00') } };

describe('opening the inventory of a performance', () => {
  it('takes geometry, ticket types, prices and terms from the schedule', () =>
    given(inventory)
      .when(openInventory({ scheduled, now: at('09:00') }))
      .accepts(opened));
  it('happens once', () =>
    given(inventory, opened)
      .when(openInventory({ scheduled, now: at('09:30') }))
      .changesNothing());
});

describe('selling what is held', () => {
  const sell = sellSeats({ reservationId, orderId, now: at('10:01') });
  it('turns the hold into a sale', () => given(inventory, opened, held).when(sell).accepts(sold));
  it('is done once', () => given(inventory, opened, held, sold).when(sell).changesNothing());
  it('needs the hold', () => given(inventory, opened).when(sell).refuses('HoldUnknown'));
  it('needs the inventory', () => given(inventory).when(sell).refuses('HoldUnknown'));
  it('refuses a released hold', () => given(inventory, opened, held, released).when(sell).refuses('HoldReleased'));
  it('refuses one that was sold before', () =>
    given(inventory, opened, held, sold, releasedFor('refunded')).when(sell).refuses('HoldReleased'));
  it('needs the very hold, whatever else was released', () =>
    given(inventory, opened, held, released)
      .when(sellSeats({ reservationId: ids[1].reservationId, orderId, now: at('10:01') }))
      .refuses('HoldUnknown'));
  it('still sells after sales were cancelled', () => given(inventory, opened, held, salesCancelled).when(sell).accepts(sold));
});

describe('releasing what is held', () => {
  const releaseFor = (reason: ReleaseSeats['reason']) => releaseSeats({ reservationId, reason, now: at('10:11') });
  const release = releaseFor('expired');
  it('frees it', () => given(inventory, opened, held).when(release).accepts(released));
  it.each(['expired', 'cancelled', 'refunded'] as const)('is done once, then also where it is %s', (reason) =>
    given(inventory, opened, held, released).when(releaseFor(reason)).changesNothing(),
  );
  it.each(['expired', 'cancelled'] as const)('never frees what is sold because it was %s', (reason) =>
    given(inventory, opened, held, sold).when(releaseFor(reason)).refuses('AlreadySold'),
  );
  it('frees what is sold once it is refunded', () =>
    given(inventory, opened, held, sold).when(releaseFor('refunded')).accepts(releasedFor('refunded')));
  it('frees what is refunded before its sale was written down', () =>
    given(inventory, opened, held).when(releaseFor('refunded')).accepts(releasedFor('refunded')));
  it('refunds once', () =>
    given(inventory, opened, held, sold, releasedFor('refunded')).when(releaseFor('refunded')).changesNothing());
  it('needs the hold', () => given(inventory, opened).when(release).refuses('HoldUnknown'));
  it('needs the inventory', () => given(inventory).when(release).refuses('HoldUnknown'));
});

describe('folding odd histories', () => {
  const others: InventoryEvent[] = [
    { type: 'SalesClosed', data: { performanceId, closedBy: anna, closedAt: at('10:00') } },
    { type: 'SalesReopened', data: { performanceId, reopenedBy: anna, reopenedAt: at('10:00') } },
  ];
  it.each([held, sold, released, salesCancelled, ...others])('$type before the opening changes nothing', (event) => {
    expect(fold(inventory, [event])).toEqual({ status: 'unopened' });
  });
  it('a release twice frees once', () => {
    expect(fold(inventory, [opened, held, released, released])).toEqual(fold(inventory, [opened, held, released]));
  });
  it('a release gives back all that the hold took', () => {
    const { closed, ...after } = open(fold(inventory, [opened, held, released]));
    const { closed: none, ...before } = open(fold(inventory, [opened]));
    expect(after).toEqual(before);
    expect([closedCount(none), closedCount(closed)]).toEqual([0, 1]);
  });
  it('a sale of an unknown hold changes nothing', () => {
    expect(fold(inventory, [opened, sold])).toEqual(fold(inventory, [opened]));
  });
  it('a cancelled performance is neither closed nor reopened', () => {
    expect(fold(inventory, [opened, salesCancelled, ...others])).toEqual(fold(inventory, [opened, salesCancelled]));
  });
});

const open = (state: ReturnType<typeof inventory.evolve.SalesClosed>) => {
  if (state.status === 'unopened') throw new Error('not opened');
  return state;
};
