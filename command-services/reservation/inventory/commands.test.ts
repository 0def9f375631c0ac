import { describe, expect, it } from '@jest/globals';
import { anna, at, ids, orderId, organiser, scheduled, seats, showId, standing, wantedBy } from '../testing/facts.js';
import { InventoryCommand } from './commands.js';

const now = at('10:00');
const by = organiser;
const [{ reservationId }] = ids;
const seatIds = seats('A-1-1');
const best = { bestAvailable: { count: 2, grade: null } };
const commands: readonly InventoryCommand[] = [
  { kind: 'open', scheduled, now },
  { kind: 'hold', ...wantedBy(anna, ids[0], ['A-1-1'], { entry: { kind: 'admitted', showId } }) },
  { kind: 'hold', ...wantedBy(anna, ids[0], [], best) },
  { kind: 'hold', ...wantedBy(anna, ids[0], [], { tickets: [{ ticketTypeId: standing.ticketTypeId, quantity: 2 }] }) },
  { kind: 'sell', reservationId, orderId, now },
  { kind: 'release', reservationId, reason: 'refunded', now },
  { kind: 'block', seatIds, by, now },
  { kind: 'unblock', seatIds, by, now },
  { kind: 'add-sections', sections: scheduled.sections, by, now },
  { kind: 'set-ticket-type', ticketType: standing, by, now },
  { kind: 'change-prices', prices: [{ section: 'A', price: standing.price }], by, now },
  { kind: 'change-terms', terms: { refundPolicyVersion: 2 }, now },
  { kind: 'close-sales', by, now },
  { kind: 'reopen-sales', by, now },
  { kind: 'cancel-sales', now },
];

describe('a command to an inventory', () => {
  it.each(commands)('means the same on another replica: $kind', (command) => {
    expect(InventoryCommand.parse(JSON.parse(JSON.stringify(command)))).toEqual(command);
  });
  it('is of every kind in the list above', () => {
    expect(new Set(commands.map(({ kind }) => kind)).size).toBe(InventoryCommand.options.length);
  });
  it.each([
    { kind: 'give-away', now },
    { kind: 'sell', reservationId, now },
    { kind: 'block', seatIds: ['A'], by, now },
  ])('is refused where it is none: %j', (odd) => {
    expect(InventoryCommand.safeParse(odd).success).toBe(false);
  });
});
