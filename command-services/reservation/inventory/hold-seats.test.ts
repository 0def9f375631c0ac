import { describe, it } from '@jest/globals';
import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import { ReservationId, ShowId, TicketTypeId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import { given } from '@tiketi/shared-kernel/event-sourcing/testing/scenario.js';
import {
  anna,
  at,
  ben,
  heldBy,
  ids,
  opened,
  openedWith,
  orderId,
  organiser,
  performanceId,
  seats,
  showId,
  standing,
  terms,
  wantedBy,
} from '../testing/facts.js';
import { type HoldSeats, holdSeats } from './hold-seats.js';
import { inventory } from './inventory.js';

const [first, second] = ids;
const third = { ...second, reservationId: ReservationId.parse('5f0e0000-0000-4000-8000-000000000013') };
const hold = (more: Partial<HoldSeats> = {}) => holdSeats(wantedBy(anna, first, ['A-1-1', 'A-1-2'], more));
const byBen = (names: string[], more: Partial<HoldSeats> = {}) => holdSeats(wantedBy(ben, second, names, more));
const places = (quantity: number) => [{ ticketTypeId: standing.ticketTypeId, quantity }];
const standingOnly = (quantity: number, more: Partial<HoldSeats> = {}) =>
  hold({ seatIds: [], tickets: places(quantity), ...more });

const held = heldBy(anna, first, ['A-1-1', 'A-1-2']);
const of = { performanceId, reservationId: first.reservationId };
const sold: InventoryEvent = { type: 'SeatsSold', data: { ...of, orderId, soldAt: at('10:01') } };
const released: InventoryEvent = { type: 'SeatsReleased', data: { ...of, reason: 'expired', releasedAt: at('10:11') } };
const salesCancelled: InventoryEvent = { type: 'SalesCancelled', data: { performanceId, cancelledAt: at('09:00') } };
const salesClosed: InventoryEvent = { type: 'SalesClosed', data: { performanceId, closedBy: organiser, closedAt: at('09:30') } };
const salesReopened: InventoryEvent = {
  type: 'SalesReopened',
  data: { performanceId, reopenedBy: organiser, reopenedAt: at('09:40') },
};
const blocked = (...names: string[]): InventoryEvent => ({
  type: 'SeatsBlocked',
  data: { performanceId, seatIds: seats(...names), blockedBy: organiser, blockedAt: at('09:30') },
});

describe('holding seats', () => {
  it('holds all of them at the price of the moment', () => given(inventory, opened).when(hold()).accepts(held));
  it('is done once for the same reservation', () => given(inventory, opened, held).when(hold()).changesNothing());
  it('is not prolonged by a repeat', () =>
    given(inventory, opened, held)
      .when(hold({ now: at('10:09') }))
      .changesNothing());
  it('names the seats in any order on a repeat', () =>
    given(inventory, opened, held)
      .when(hold({ seatIds: seats('A-1-2', 'A-1-1') }))
      .changesNothing());
  it('is still done once they are sold', () => given(inventory, opened, held, sold).when(hold()).changesNothing());
  it.each([{ seatIds: seats('A-1-1', 'A-1-3') }, { seatIds: seats('A-1-1') }, { tickets: places(1) }])(
    'refuses the same key with another wish: %j',
    (other) => given(inventory, opened, held).when(hold(other)).refuses('KeyReused'),
  );
  it.each([{}, { seatIds: seats('A-1-2', 'A-1-1') }, { now: at('11:00') }])(
    'never brings a released reservation back: %j',
    (same) => given(inventory, opened, held, released).when(hold(same)).refuses('ReservationClosed'),
  );
  it('never brings one back that was sold and refunded', () =>
    given(inventory, opened, held, sold, released).when(hold()).refuses('ReservationClosed'));
  it.each([
    { seatIds: seats('A-1-1', 'A-1-3') },
    { seatIds: seats('A-1-1') },
    { tickets: places(1) },
    { seatIds: [], bestAvailable: { count: 2, grade: null } },
  ])('refuses the key of a released reservation with another wish: %j', (other) =>
    given(inventory, opened, held, released).when(hold(other)).refuses('KeyReused'),
  );
  it('refuses a seat another holds, and with it all', () =>
    given(inventory, opened, held)
      .when(byBen(['A-1-3', 'A-1-2']))
      .refuses('SeatTaken'));
  it('refuses a seat another bought', () =>
    given(inventory, opened, held, sold)
      .when(byBen(['A-1-1']))
      .refuses('SeatTaken'));
  it('has released seats again', () =>
    given(inventory, opened, held, released)
      .when(byBen(['A-1-1', 'A-1-2'], { now: at('10:12') }))
      .accepts(heldBy(ben, second, ['A-1-1', 'A-1-2'], '10:12')));
  it('refuses a seat kept from sale', () => given(inventory, opened, blocked('A-1-2')).when(hold()).refuses('SeatBlocked'));
  it.each(['Z-1-1', 'A-11-1', 'A-1-21', 'A-1-99'])('refuses seat %s, which is not there', (seat) =>
    given(inventory, opened)
      .when(hold({ seatIds: seats(seat) }))
      .refuses('SeatUnknown'),
  );
  it('refuses a seat named twice', () =>
    given(inventory, opened)
      .when(hold({ seatIds: seats('A-1-1', 'A-1-1') }))
      .refuses('WishInvalid'));
  it('keeps its price when it changes', () =>
    given(inventory, opened, {
      type: 'SectionPricesChanged',
      data: { performanceId, prices: [{ section: 'A', price: Won.parse(1000) }], changedBy: organiser, changedAt: at('10:01') },
    })
      .when(hold({ seatIds: seats('A-1-1') }))
      .accepts({
        ...held,
        data: {
          ...held.data,
          seats: seats('A-1-1').map((seatId) => ({ seatId, price: Won.parse(1000) })),
          totalAmount: Won.parse(1000),
        },
      }));
});

describe('holding places of a ticket type', () => {
  it('takes them from the stock at the price of the moment', () =>
    given(inventory, opened)
      .when(standingOnly(2))
      .accepts(heldBy(anna, first, [], '10:00', 2)));
  it('goes together with seats, all or nothing', () =>
    given(inventory, opened)
      .when(hold({ tickets: places(1) }))
      .accepts(heldBy(anna, first, ['A-1-1', 'A-1-2'], '10:00', 1)));
  it('is done once', () =>
    given(inventory, opened, heldBy(anna, first, [], '10:00', 2))
      .when(standingOnly(2))
      .changesNothing());
  it('refuses the same key with another quantity', () =>
    given(inventory, opened, heldBy(anna, first, [], '10:00', 2))
      .when(standingOnly(1))
      .refuses('KeyReused'));
  it('tells the wish of released ones from another', () => {
    const history = [opened, heldBy(anna, first, ['A-1-1', 'A-1-2'], '10:00', 2), released];
    given(inventory, ...history)
      .when(hold({ seatIds: seats('A-1-2', 'A-1-1'), tickets: places(2) }))
      .refuses('ReservationClosed');
    given(inventory, ...history)
      .when(hold({ tickets: places(1) }))
      .refuses('KeyReused');
    given(inventory, ...history)
      .when(hold())
      .refuses('KeyReused');
  });
  it('names ticket types in any order on a repeat', () => {
    const lawn = { ticketTypeId: TicketTypeId.parse(showId), quantity: 1 };
    const { data } = heldBy(anna, first, [], '10:00', 2);
    const both = { ...held, data: { ...data, quantities: [...data.quantities, { ...lawn, unitPrice: Won.parse(0) }] } };
    const asked = standingOnly(2, { tickets: [lawn, ...places(2)] });
    given(inventory, opened, both).when(asked).changesNothing();
    given(inventory, opened, both, released).when(asked).refuses('ReservationClosed');
  });
  it('never goes above the stock', () => {
    const history = [opened, heldBy(ben, second, [], '10:00', 3)];
    given(inventory, ...history)
      .when(standingOnly(2))
      .accepts(heldBy(anna, first, [], '10:00', 2));
    given(inventory, ...history)
      .when(standingOnly(3))
      .refuses('SoldOut');
  });
  it('has released places again', () =>
    given(inventory, opened, heldBy(ben, second, [], '09:50', 3), {
      type: 'SeatsReleased',
      data: { performanceId, reservationId: second.reservationId, reason: 'expired', releasedAt: at('10:00') },
    })
      .when(standingOnly(3))
      .accepts(heldBy(anna, first, [], '10:00', 3)));
  it('refuses a ticket type that is not there', () =>
    given(inventory, opened)
      .when(hold({ tickets: [{ ticketTypeId: TicketTypeId.parse(showId), quantity: 1 }] }))
      .refuses('TicketTypeUnknown'));
  it('refuses one named twice, which would slip past the stock', () =>
    given(inventory, opened)
      .when(hold({ seatIds: [], tickets: [...places(2), ...places(2)] }))
      .refuses('WishInvalid'));
});

describe('the limits of a sale', () => {
  it('refuse a wish for nothing', () =>
    given(inventory, opened)
      .when(hold({ seatIds: [] }))
      .refuses('WishInvalid'));
  it('count seats and places of one reservation together', () => {
    given(inventory, opened)
      .when(hold({ tickets: places(3) }))
      .refuses('TooManySeats');
    given(inventory, opened)
      .when(hold({ seatIds: seats('A-1-1', 'A-1-2', 'A-1-3', 'A-1-4', 'A-1-5') }))
      .refuses('TooManySeats');
  });
  it('count seats and places a buyer has already', () => {
    given(inventory, opened, heldBy(anna, second, ['A-2-1', 'A-2-2', 'A-2-3']))
      .when(hold())
      .refuses('BuyerLimitReached');
    given(inventory, opened, heldBy(anna, second, ['A-2-1'], '10:00', 2))
      .when(hold())
      .refuses('BuyerLimitReached');
  });
  it('count what was released no more', () =>
    given(inventory, opened, heldBy(anna, second, ['A-2-1'], '09:50', 2), {
      type: 'SeatsReleased',
      data: { performanceId, reservationId: second.reservationId, reason: 'expired', releasedAt: at('10:00') },
    })
      .when(hold())
      .accepts(held));
  it('still count what the buyer has beside what was released', () =>
    given(inventory, opened, held, heldBy(anna, second, ['A-2-1', 'A-2-2']), released)
      .when(holdSeats(wantedBy(anna, third, ['A-3-1', 'A-3-2', 'A-3-3'])))
      .refuses('BuyerLimitReached'));
});

describe('the time of a sale', () => {
  it('needs an open inventory', () => given(inventory).when(hold()).refuses('PerformanceNotFound'));
  it('is over once sales are cancelled', () => given(inventory, opened, salesCancelled).when(hold()).refuses('SalesCancelled'));
  it('stands still while sales are closed', () => {
    given(inventory, opened, salesClosed).when(hold()).refuses('SalesClosed');
    given(inventory, opened, salesClosed, salesReopened).when(hold()).accepts(held);
  });
  it('answers the repeat of a hold even then', () => {
    given(inventory, opened, held, salesClosed).when(hold()).changesNothing();
    given(inventory, opened, held, salesCancelled).when(hold()).changesNothing();
  });
  it('begins with its start', () => {
    given(inventory, opened)
      .when(hold({ now: at('08:59') }))
      .refuses('SalesNotOpen');
    given(inventory, opened)
      .when(hold({ now: at('09:00') }))
      .accepts(heldBy(anna, first, ['A-1-1', 'A-1-2'], '09:00'));
  });
  it('ends with its end', () =>
    given(inventory, opened)
      .when(hold({ now: terms.saleEndAt }))
      .refuses('SalesEnded'));
});

describe('the due date of a virtual account', () => {
  const dueWith = (more: Parameters<typeof openedWith>[0], depositUntil: string) =>
    given(inventory, openedWith(more))
      .when(hold())
      .accepts({ ...held, data: { ...held.data, depositUntil: Instant.parse(depositUntil) } });
  it('is as many hours after the hold as the show allows', () => dueWith({ depositWithinHours: 3 }, '2026-05-01T13:00:00.000Z'));
  it('is not past the end of the sale', () =>
    dueWith({ saleEndAt: at('12:00'), depositWithinHours: 3 }, '2026-05-01T12:00:00.000Z'));
  it('is not before the end of the hold', () => {
    dueWith({ depositWithinHours: 0 }, '2026-05-01T10:10:00.000Z');
    dueWith({ saleEndAt: at('10:05') }, '2026-05-01T10:10:00.000Z');
  });
});

describe('a show with a waiting queue', () => {
  const queued = openedWith({ requiresEntry: true });
  it('admits whom the queue let in to it', () =>
    given(inventory, queued)
      .when(hold({ entry: { kind: 'admitted', showId } }))
      .accepts(held));
  it('asks for an entry token', () => given(inventory, queued).when(hold()).refuses('EntryRequired'));
  it('refuses one that is not valid', () =>
    given(inventory, queued)
      .when(hold({ entry: { kind: 'invalid' } }))
      .refuses('EntryInvalid'));
  it('refuses one for another show', () =>
    given(inventory, queued)
      .when(hold({ entry: { kind: 'admitted', showId: ShowId.parse(performanceId) } }))
      .refuses('EntryInvalid'));
  it('lets nobody in while no token can be checked', () =>
    given(inventory, queued)
      .when(hold({ entry: { kind: 'unavailable' } }))
      .refuses('EntryUnavailable'));
  it('answers a repeat whatever became of the token', () =>
    given(inventory, queued, held)
      .when(hold({ entry: { kind: 'invalid' } }))
      .changesNothing());
  it.each(['invalid', 'unavailable'] as const)('is not asked about where there is none: %s', (kind) =>
    given(inventory, opened)
      .when(hold({ entry: { kind } }))
      .accepts(held),
  );
});

describe('holding the best seats there are', () => {
  const best = (count: number, grade: string | null = null, more: Partial<HoldSeats> = {}) =>
    hold({ seatIds: [], bestAvailable: { count, grade }, ...more });
  const chosen = (names: string[], count: number, grade: string | null = null) => {
    const { data } = heldBy(anna, first, names);
    return { type: 'SeatsHeld' as const, data: { ...data, bestAvailable: { count, grade } } };
  };
  it('takes those side by side nearest to the front centre', () =>
    given(inventory, opened)
      .when(best(2, 'VIP'))
      .accepts(chosen(['A-1-10', 'A-1-11'], 2, 'VIP')));
  it('goes round what is taken or kept from sale', () =>
    given(inventory, opened, heldBy(ben, second, ['A-1-10']), blocked('A-1-11', 'A-1-12'))
      .when(best(2))
      .accepts(chosen(['A-1-8', 'A-1-9'], 2)));
  it('is done once, whatever has become free since', () => {
    const mine = chosen(['A-1-8', 'A-1-9'], 2);
    given(inventory, opened, mine).when(best(2)).changesNothing();
  });
  it.each([
    { bestAvailable: { count: 3, grade: null } },
    { bestAvailable: { count: 2, grade: 'VIP' } },
    { seatIds: seats('A-1-8', 'A-1-9'), bestAvailable: undefined },
  ])('refuses the same key with another wish: %j', (other) =>
    given(inventory, opened, chosen(['A-1-8', 'A-1-9'], 2))
      .when(hold({ seatIds: [], ...other } as Partial<HoldSeats>))
      .refuses('KeyReused'),
  );
  it('tells the wish of released ones from another, whichever seats they were', () => {
    const history = [opened, chosen(['A-1-8', 'A-1-9'], 2, 'VIP'), released];
    given(inventory, ...history)
      .when(best(2, 'VIP'))
      .refuses('ReservationClosed');
    for (const other of [best(2), best(3, 'VIP'), hold({ seatIds: seats('A-1-8', 'A-1-9') })])
      given(inventory, ...history)
        .when(other)
        .refuses('KeyReused');
  });
  it('refuses it as a repeat of named seats', () => given(inventory, opened, held).when(best(2)).refuses('KeyReused'));
  it('refuses more than are free', () =>
    given(inventory, openedWith(), blocked(...everySeatBut(3)))
      .when(best(4))
      .refuses('NotEnoughSeats'));
  it('refuses a grade that is not there', () => given(inventory, opened).when(best(2, 'R')).refuses('GradeUnknown'));
  it('stands alone', () =>
    given(inventory, opened)
      .when(best(1, null, { tickets: places(1) }))
      .refuses('WishInvalid'));
  it('is within the limits', () => {
    given(inventory, opened).when(best(5)).refuses('TooManySeats');
    given(inventory, opened, heldBy(anna, second, ['A-9-1', 'A-9-2']))
      .when(best(3))
      .refuses('BuyerLimitReached');
  });
});

const everySeatBut = (free: number): string[] =>
  Array.from({ length: 200 - free }, (_, n) => `A-${Math.floor(n / 20) + 1}-${(n % 20) + 1}`);
