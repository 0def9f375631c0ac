import { describe, it } from '@jest/globals';
import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import type { PricedSection, TicketType } from '@tiketi/shared-kernel/contracts/events/layout.js';
import { TicketTypeId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { given } from '@tiketi/shared-kernel/event-sourcing/testing/scenario.js';
import {
  anna,
  at,
  heldBy,
  ids,
  opened,
  orderId,
  organiser,
  performanceId,
  seats,
  showId,
  standing,
  terms,
} from '../testing/facts.js';
import { addSections } from './add-sections.js';
import { blockSeats } from './block-seats.js';
import { cancelSales } from './cancel-sales.js';
import { changePrices } from './change-prices.js';
import { changeTerms } from './change-terms.js';
import { closeSales } from './close-sales.js';
import { inventory } from './inventory.js';
import { reopenSales } from './reopen-sales.js';
import { setTicketType } from './set-ticket-type.js';
import { unblockSeats } from './unblock-seats.js';

const by = organiser;
const now = at('09:30');
const [first] = ids;
const held = heldBy(anna, first, ['A-1-1', 'A-1-2'], '10:00', 2);
const ofFirst = { performanceId, reservationId: first.reservationId };
const sold: InventoryEvent = { type: 'SeatsSold', data: { ...ofFirst, orderId, soldAt: at('10:01') } };
const released: InventoryEvent = { type: 'SeatsReleased', data: { ...ofFirst, reason: 'expired', releasedAt: at('10:11') } };
const closed: InventoryEvent = { type: 'SalesClosed', data: { performanceId, closedBy: by, closedAt: now } };
const reopened: InventoryEvent = { type: 'SalesReopened', data: { performanceId, reopenedBy: by, reopenedAt: now } };
const cancelled: InventoryEvent = { type: 'SalesCancelled', data: { performanceId, cancelledAt: now } };
const blocked = (...names: string[]): InventoryEvent => ({
  type: 'SeatsBlocked',
  data: { performanceId, seatIds: seats(...names), blockedBy: by, blockedAt: now },
});
const unblocked = (...names: string[]): InventoryEvent => ({
  type: 'SeatsUnblocked',
  data: { performanceId, seatIds: seats(...names), unblockedBy: by, unblockedAt: now },
});

describe('keeping seats from sale', () => {
  const block = (...names: string[]) => blockSeats({ seatIds: seats(...names), by, now });
  it('blocks free ones', () => given(inventory, opened).when(block('A-1-1', 'A-1-2')).accepts(blocked('A-1-1', 'A-1-2')));
  it('is done once', () => given(inventory, opened, blocked('A-1-1')).when(block('A-1-1')).changesNothing());
  it('adds only those that were not', () =>
    given(inventory, opened, blocked('A-1-1')).when(block('A-1-1', 'A-1-2')).accepts(blocked('A-1-2')));
  it('names each once', () => given(inventory, opened).when(block('A-1-1', 'A-1-1')).accepts(blocked('A-1-1')));
  it('never takes one that is held', () => given(inventory, opened, held).when(block('A-1-3', 'A-1-2')).refuses('SeatInUse'));
  it('never takes one that is sold', () => given(inventory, opened, held, sold).when(block('A-1-2')).refuses('SeatInUse'));
  it('takes one that was released', () =>
    given(inventory, opened, held, released).when(block('A-1-2')).accepts(blocked('A-1-2')));
  it('refuses one that is not there', () => given(inventory, opened).when(block('A-1-1', 'B-1-1')).refuses('SeatUnknown'));
  it('needs an open inventory', () => given(inventory).when(block('A-1-1')).refuses('PerformanceNotFound'));
});

describe('giving blocked seats back to the sale', () => {
  const unblock = (...names: string[]) => unblockSeats({ seatIds: seats(...names), by, now });
  it('unblocks them', () => given(inventory, opened, blocked('A-1-1')).when(unblock('A-1-1')).accepts(unblocked('A-1-1')));
  it('is done once', () =>
    given(inventory, opened, blocked('A-1-1'), unblocked('A-1-1')).when(unblock('A-1-1')).changesNothing());
  it('leaves held ones alone', () => given(inventory, opened, held).when(unblock('A-1-1')).changesNothing());
  it('refuses one that is not there', () => given(inventory, opened).when(unblock('A-99-1')).refuses('SeatUnknown'));
  it('needs an open inventory', () => given(inventory).when(unblock('A-1-1')).refuses('PerformanceNotFound'));
});

describe('adding sections', () => {
  const balcony: PricedSection = { section: 'B', rows: 2, seatsPerRow: 5, grade: 'R', price: Won.parse(40_000) };
  const added = (...sections: PricedSection[]): InventoryEvent => ({
    type: 'SectionsAdded',
    data: { performanceId, sections, addedBy: by, addedAt: now },
  });
  const add = (...sections: PricedSection[]) => addSections({ sections, by, now });
  it('adds them after those there are', () => given(inventory, opened).when(add(balcony)).accepts(added(balcony)));
  it('sells their seats', () =>
    given(inventory, opened, held, added(balcony))
      .when(blockSeats({ seatIds: seats('B-2-5'), by, now }))
      .accepts(blocked('B-2-5')));
  it('keeps what is held', () =>
    given(inventory, opened, held, added(balcony))
      .when(blockSeats({ seatIds: seats('A-1-1'), by, now }))
      .refuses('SeatInUse'));
  it('is done once', () => given(inventory, opened, added(balcony)).when(add(balcony)).changesNothing());
  it('never says it was done at a price that is not asked', () => {
    const change: InventoryEvent = {
      type: 'SectionPricesChanged',
      data: { performanceId, prices: [{ section: 'B', price: Won.parse(1000) }], changedBy: by, changedAt: now },
    };
    given(inventory, opened, added(balcony))
      .when(add({ ...balcony, price: Won.parse(50_000) }))
      .refuses('SectionExists');
    given(inventory, opened, added(balcony), change).when(add(balcony)).refuses('SectionExists');
  });
  it('refuses a name that is there', () =>
    given(inventory, opened)
      .when(add({ ...balcony, section: 'A' }))
      .refuses('SectionExists'));
  it('refuses a name given twice', () => given(inventory, opened).when(add(balcony, balcony)).refuses('SectionExists'));
  it('stays within the size of a layout', () => {
    const large = { ...balcony, rows: 100, seatsPerRow: 498 };
    given(inventory, opened).when(add(large)).accepts(added(large));
    given(inventory, opened)
      .when(add(large, { ...balcony, section: 'C', rows: 1, seatsPerRow: 1 }))
      .refuses('HallTooLarge');
  });
  it('is over once sales are cancelled', () => given(inventory, opened, cancelled).when(add(balcony)).refuses('SalesCancelled'));
  it('needs an open inventory', () => given(inventory).when(add(balcony)).refuses('PerformanceNotFound'));
});

describe('setting a ticket type', () => {
  const lawn: TicketType = { ticketTypeId: TicketTypeId.parse(showId), name: '잔디', price: Won.parse(20_000), quantity: 100 };
  const wasSet = (ticketType: TicketType): InventoryEvent => ({
    type: 'TicketTypeSet',
    data: { performanceId, ticketType, setBy: by, setAt: now },
  });
  const set = (ticketType: TicketType) => setTicketType({ ticketType, by, now });
  it('adds a new one', () => given(inventory, opened).when(set(lawn)).accepts(wasSet(lawn)));
  it('is done once', () => given(inventory, opened, wasSet(lawn)).when(set(lawn)).changesNothing());
  it('makes none of a name that means one there is', () => {
    const change = setTicketType({ ticketType: lawn, mustExist: true, by, now });
    given(inventory, opened).when(change).refuses('TicketTypeUnknown');
    given(inventory, opened, wasSet({ ...lawn, quantity: 1 }))
      .when(change)
      .accepts(wasSet(lawn));
  });
  it.each([{ name: '스탠딩석' }, { price: Won.parse(1000) }, { quantity: 6 }])('changes one: %j', (other) => {
    const changed = { ...standing, ...other };
    given(inventory, opened).when(set(changed)).accepts(wasSet(changed));
  });
  it('refuses a name that another has', () => {
    given(inventory, opened)
      .when(set({ ...lawn, name: standing.name }))
      .refuses('TicketTypeExists');
    given(inventory, opened, wasSet(lawn))
      .when(set({ ...standing, name: lawn.name }))
      .refuses('TicketTypeExists');
  });
  it('never leaves fewer places than are held and sold', () => {
    const two = { ...standing, quantity: 2 };
    given(inventory, opened, held).when(set(two)).accepts(wasSet(two));
    given(inventory, opened, held, wasSet(two))
      .when(set({ ...standing, quantity: 1 }))
      .refuses('FewerThanTaken');
    given(inventory, opened, held, sold)
      .when(set({ ...standing, quantity: 1 }))
      .refuses('FewerThanTaken');
  });
  it('is over once sales are cancelled', () => given(inventory, opened, cancelled).when(set(lawn)).refuses('SalesCancelled'));
  it('needs an open inventory', () => given(inventory).when(set(lawn)).refuses('PerformanceNotFound'));
});

describe('changing prices', () => {
  const price = Won.parse(70_000);
  const changed: InventoryEvent = {
    type: 'SectionPricesChanged',
    data: { performanceId, prices: [{ section: 'A', price }], changedBy: by, changedAt: now },
  };
  const change = (...prices: { section: string; price: Won }[]) => changePrices({ prices, by, now });
  it('prices a section anew', () =>
    given(inventory, opened)
      .when(change({ section: 'A', price }))
      .accepts(changed));
  it('is done once', () =>
    given(inventory, opened, changed)
      .when(change({ section: 'A', price }))
      .changesNothing());
  it('refuses a section that is not there', () =>
    given(inventory, opened)
      .when(change({ section: 'B', price }))
      .refuses('SectionUnknown'));
  it('refuses two prices for one section', () =>
    given(inventory, opened)
      .when(change({ section: 'A', price }, { section: 'A', price: Won.parse(1000) }))
      .refuses('SectionPricedTwice'));
  it('is over once sales are cancelled', () =>
    given(inventory, opened, cancelled)
      .when(change({ section: 'A', price }))
      .refuses('SalesCancelled'));
  it('needs an open inventory', () =>
    given(inventory)
      .when(change({ section: 'A', price }))
      .refuses('PerformanceNotFound'));
});

describe('closing and reopening sales', () => {
  const close = closeSales({ by, now });
  const reopen = reopenSales({ by, now });
  it('closes', () => given(inventory, opened).when(close).accepts(closed));
  it('closes once', () => given(inventory, opened, closed).when(close).changesNothing());
  it('reopens', () => given(inventory, opened, closed).when(reopen).accepts(reopened));
  it('reopens once', () => {
    given(inventory, opened, closed, reopened).when(reopen).changesNothing();
    given(inventory, opened).when(reopen).changesNothing();
  });
  it('does neither once sales are cancelled', () => {
    given(inventory, opened, cancelled).when(close).refuses('SalesCancelled');
    given(inventory, opened, closed, cancelled).when(reopen).refuses('SalesCancelled');
  });
  it('needs an open inventory', () => {
    given(inventory).when(close).refuses('PerformanceNotFound');
    given(inventory).when(reopen).refuses('PerformanceNotFound');
  });
});

describe('cancelling sales', () => {
  const cancel = cancelSales({ now });
  it('ends them', () => given(inventory, opened).when(cancel).accepts(cancelled));
  it('ends closed ones', () => given(inventory, opened, closed).when(cancel).accepts(cancelled));
  it('is done once', () => given(inventory, opened, cancelled).when(cancel).changesNothing());
  it('needs an open inventory', () => given(inventory).when(cancel).refuses('PerformanceNotFound'));
});

describe('changing the terms of the sale', () => {
  const changed = (more: Partial<typeof terms>): InventoryEvent => ({
    type: 'SaleTermsChanged',
    data: { performanceId, terms: { ...terms, ...more }, changedAt: now },
  });
  const change = (more: Partial<typeof terms>) => changeTerms({ terms: more, now });
  it('takes what is given and keeps the rest', () =>
    given(inventory, opened)
      .when(change({ requiresEntry: true, holdSeconds: 300 }))
      .accepts(changed({ requiresEntry: true, holdSeconds: 300 })));
  it('is done once', () =>
    given(inventory, opened, changed({ refundPolicyVersion: 2 }))
      .when(change({ refundPolicyVersion: 2 }))
      .changesNothing());
  it('never goes back to an older refund policy', () =>
    given(inventory, opened, changed({ refundPolicyVersion: 3 }))
      .when(change({ refundPolicyVersion: 2 }))
      .changesNothing());
  it('has no use once sales are cancelled', () =>
    given(inventory, opened, cancelled)
      .when(change({ holdSeconds: 300 }))
      .changesNothing());
  it('needs an open inventory', () => given(inventory).when(change({})).refuses('PerformanceNotFound'));
});
