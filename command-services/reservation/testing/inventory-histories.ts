import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import { OrderId, ReservationId, ReservationNumber, SeatId, TicketTypeId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { instantOf, millisecondsOf } from '@tiketi/shared-kernel/contracts/time.js';
import { fold } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import fc from 'fast-check';
import { decideOf, InventoryCommand } from '../inventory/commands.js';
import { type Inventory, inventory } from '../inventory/inventory.js';
import { anna, at, ben, openedWith, organiser, standing } from './facts.js';

const openedSmall = openedWith({ maxSeatsPerReservation: 4, maxSeatsPerBuyer: 5 });
export const smallHall: Extract<InventoryEvent, { type: 'InventoryOpened' }> = {
  ...openedSmall,
  data: { ...openedSmall.data, sections: [{ section: 'A', rows: 2, seatsPerRow: 5, grade: 'VIP', price: Won.parse(60_000) }] },
};

export const uuid = (n: number): string => `5f0e0000-0000-4000-9000-${String(n).padStart(12, '0')}`;
const reservation = fc.integer({ min: 1, max: 15 }).map((n) => ({
  reservationId: ReservationId.parse(uuid(n)),
  reservationNumber: ReservationNumber.parse(`TK-0000-0000-${String(n).padStart(4, '0')}-A`),
}));
const seatId = fc
  .tuple(fc.constantFrom('A', 'A', 'A', 'A', 'B'), fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 5 }))
  .map(([section, row, seat]) => SeatId.parse(`${section}-${row}-${seat}`));
const ticketTypeId = fc.constantFrom(standing.ticketTypeId, standing.ticketTypeId, TicketTypeId.parse(uuid(99)));
const by = organiser;
const price = fc.constantFrom(1000, 60_000).map((won) => Won.parse(won));

/** Commands as they come, sensible or not; `now` is given when they are run. */
const wish = fc.oneof(
  fc.record({
    seatIds: fc.array(seatId, { maxLength: 4 }),
    tickets: fc.array(fc.record({ ticketTypeId, quantity: fc.integer({ min: 1, max: 3 }) }), { maxLength: 2 }),
  }),
  fc.record({
    seatIds: fc.constant([]),
    tickets: fc.constant([]),
    bestAvailable: fc.record({ count: fc.integer({ min: 1, max: 5 }), grade: fc.constantFrom('VIP', 'R', null) }),
  }),
);
const hold = fc
  .tuple(reservation, fc.constantFrom(anna, ben, organiser), wish)
  .map(([id, userId, wanted]) => ({ kind: 'hold', ...id, userId, ...wanted, entry: { kind: 'none' } }));
const release = fc
  .tuple(reservation, fc.constantFrom('expired', 'cancelled', 'refunded'))
  .map(([{ reservationId }, reason]) => ({ kind: 'release', reservationId, reason }));
const sell = reservation.map(({ reservationId }) => ({ kind: 'sell', reservationId, orderId: OrderId.parse('ord-000001') }));
const keeping = fc.oneof(
  fc.array(seatId, { minLength: 1, maxLength: 3 }).map((seatIds) => ({ kind: 'block', seatIds, by })),
  fc.array(seatId, { minLength: 1, maxLength: 8 }).map((seatIds) => ({ kind: 'unblock', seatIds, by })),
);
const organising = fc.oneof(
  fc.tuple(fc.constantFrom('A', 'B', 'C'), price).map(([section, won]) => ({
    kind: 'add-sections',
    sections: [{ section, rows: 1, seatsPerRow: 4, grade: 'R', price: won }],
    by,
  })),
  fc.tuple(ticketTypeId, fc.integer({ min: 0, max: 6 }), price).map(([id, quantity, won]) => ({
    kind: 'set-ticket-type',
    ticketType: { name: id === standing.ticketTypeId ? standing.name : '잔디', ticketTypeId: id, quantity, price: won },
    by,
  })),
  price.map((won) => ({ kind: 'change-prices', prices: [{ section: 'A', price: won }], by })),
  fc.integer({ min: 1, max: 5 }).map((maxSeatsPerReservation) => ({ kind: 'change-terms', terms: { maxSeatsPerReservation } })),
);
// sales mostly go on, or most histories would be over before they began
const anything = fc.oneof(
  { arbitrary: hold, weight: 80 },
  { arbitrary: fc.oneof(release, sell), weight: 60 },
  { arbitrary: keeping, weight: 30 },
  { arbitrary: organising, weight: 20 },
  { arbitrary: fc.constant({ kind: 'close-sales', by }), weight: 3 },
  { arbitrary: fc.constant({ kind: 'reopen-sales', by }), weight: 20 },
  { arbitrary: fc.constant({ kind: 'cancel-sales' }), weight: 1 },
);

/** A step: a command, or one of those before once more. */
export const steps = fc.array(fc.oneof({ arbitrary: anything, weight: 5 }, { arbitrary: fc.nat({ max: 30 }), weight: 1 }), {
  minLength: 20,
  maxLength: 100,
  size: 'max',
});

/** Every command in its turn; the history they leave. `onDone` sees each that was accepted, and the state after it. */
export const history = (
  wanted: readonly (object | number)[],
  onDone: (command: InventoryCommand, state: Inventory) => void = () => undefined,
): InventoryEvent[] => {
  const events: InventoryEvent[] = [smallHall];
  const given: InventoryCommand[] = [];
  let state = fold(inventory, events);
  for (const [minute, step] of wanted.entries()) {
    const now = instantOf(millisecondsOf(at('10:00')) + minute * 60_000);
    const command = typeof step === 'number' ? given[step] : InventoryCommand.parse({ ...step, now });
    if (command === undefined) continue;
    given.push(command);
    const decision = decideOf(command)(state);
    if ('refused' in decision) continue;
    events.push(...decision.accepted);
    state = fold(inventory, decision.accepted, state);
    onDone(command, state);
  }
  return events;
};
