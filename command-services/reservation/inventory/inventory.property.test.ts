import { describe, expect, it } from '@jest/globals';
import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import { OrderId, ReservationId, SeatId } from '@tiketi/shared-kernel/contracts/ids.js';
import { instantOf, millisecondsOf } from '@tiketi/shared-kernel/contracts/time.js';
import { fold } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import fc from 'fast-check';
import { at, standing, terms } from '../testing/facts.js';
import { history, smallHall, steps, uuid } from '../testing/inventory-histories.js';
import { brokenPromises } from '../testing/inventory-promises.js';
import { closedCount } from './closed-holds.js';
import { decideOf, type InventoryCommand } from './commands.js';
import { type Inventory, inventory } from './inventory.js';

const runs = { numRuns: process.env.TIKETI_DEEP === '1' ? 5000 : 300 };

const repeat = (command: InventoryCommand, state: Inventory): void => {
  const now = instantOf(millisecondsOf(command.now) + 1);
  expect(decideOf({ ...command, now })(state)).toEqual({ accepted: [] });
};

describe('an inventory, whatever is asked of it in whatever order', () => {
  it('breaks no promise, and does nothing twice', () =>
    fc.assert(
      fc.property(steps, (wanted) => {
        expect(brokenPromises(history(wanted, repeat))).toEqual([]);
      }),
      runs,
    ));

  it('remembers of what it let go who may not come back, and what for, and nothing else', () =>
    fc.assert(
      fc.property(steps, (wanted) => {
        const holds = new Map<ReservationId, InventoryCommand & { kind: 'hold' }>();
        const live = new Set<ReservationId>();
        const events = history(wanted, (command) => {
          if (command.kind === 'hold') live.add(command.reservationId);
          if (command.kind === 'release') live.delete(command.reservationId);
          if (command.kind === 'hold' && !holds.has(command.reservationId)) holds.set(command.reservationId, command);
        });
        const state = fold(inventory, events);
        if (state.status === 'unopened') throw new Error('not opened');
        expect(new Set(state.holds.keys())).toEqual(live);
        expect(closedCount(state.closed)).toBe(holds.size - live.size);
        for (const [reservationId, hold] of holds) {
          const turned = { ...hold, seatIds: hold.seatIds.toReversed(), tickets: hold.tickets.toReversed() };
          const other = { ...hold, seatIds: [SeatId.parse('Z-1-1')], tickets: [], bestAvailable: undefined };
          const [now, orderId] = [hold.now, OrderId.parse('ord-000001')];
          const gone = !live.has(reservationId);
          expect(decideOf(turned)(state)).toEqual(gone ? { refused: 'ReservationClosed' } : { accepted: [] });
          expect(decideOf(other)(state)).toEqual({ refused: 'KeyReused' });
          if (!gone) continue;
          expect(decideOf({ kind: 'sell', reservationId, orderId, now })(state)).toEqual({ refused: 'HoldReleased' });
          expect(decideOf({ kind: 'release', reservationId, reason: 'expired', now })(state)).toEqual({ accepted: [] });
        }
      }),
      { numRuns: runs.numRuns / 5 },
    ));

  it('is asked enough for that to mean something', () => {
    const seen = new Map<string, number>();
    for (const wanted of fc.sample(steps, { numRuns: 200, seed: 7 })) {
      for (const { type } of history(wanted)) seen.set(type, (seen.get(type) ?? 0) + 1);
    }
    expect([...seen].filter(([type, count]) => type !== 'InventoryOpened' && count < 20)).toEqual([]);
    expect(seen.size).toBe(Object.keys(inventory.evolve).length);
  });
});

describe('the promises of an inventory', () => {
  const rush = fc.sample(steps, { numRuns: 300, seed: 11 }).map((wanted) => history(wanted));
  const broken = (change: (events: readonly InventoryEvent[]) => readonly InventoryEvent[]): number =>
    rush.filter((events) => brokenPromises(change(events)).length > 0).length;

  it('notice a seat held twice', () => {
    const anew = (e: InventoryEvent): InventoryEvent[] =>
      e.type === 'SeatsHeld' ? [e, { ...e, data: { ...e.data, reservationId: ReservationId.parse(uuid(77)) } }] : [e];
    expect(broken((events) => events.flatMap(anew))).toBeGreaterThan(100);
  });
  it.each(['SeatsReleased', 'SeatsUnblocked'] as const)('notice that %s is missing', (missing) => {
    expect(broken((events) => events.filter(({ type }) => type !== missing))).toBeGreaterThan(5);
  });
  it.each([
    { ticketTypes: [{ ...standing, quantity: 1 }] },
    { terms: { ...smallHall.data.terms, maxSeatsPerBuyer: 2 } },
    { sections: [] },
  ])('notice what would be too much where there were less: %j', (less) => {
    const smaller = { ...smallHall, data: { ...smallHall.data, ...less } } as InventoryEvent;
    expect(broken(([, ...events]) => [smaller, ...events])).toBeGreaterThan(50);
  });
  it('notice what is sold and given back for nothing', () => {
    const expired = (e: InventoryEvent): InventoryEvent =>
      e.type === 'SeatsReleased' ? { ...e, data: { ...e.data, reason: 'expired' } } : e;
    expect(broken((events) => events.map(expired))).toBeGreaterThan(10);
  });
});

// the hold's terms do not end while these histories last
expect(millisecondsOf(terms.saleEndAt) - millisecondsOf(at('10:00'))).toBeGreaterThan(100 * 60_000);
