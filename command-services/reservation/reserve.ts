import type { BestAvailable } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import type { Reserved, ReservedItem, ReserveRequest } from '@tiketi/shared-kernel/contracts/http/reservations.js';
import { CommandId, type UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { instantOf } from '@tiketi/shared-kernel/contracts/time.js';
import type { CommandContext } from '@tiketi/shared-kernel/event-sourcing/metadata.js';
import type { Bookings } from './bookings.js';
import type { CheckEntry } from './entry/check-entry.js';
import { newReservationNumber, reservationIdOf } from './ids.js';
import type { Inventories } from './inventory/inventories.js';
import { refused } from './refused.js';
import type { HeldSeats } from './reservation/opening.js';

export type Reserve = {
  readonly userId: UserId;
  readonly idempotencyKey: string;
  readonly fingerprint: string;
  readonly requestId: string;
  readonly body: ReserveRequest;
};

type Deps = {
  readonly inventories: Inventories;
  readonly bookings: Pick<Bookings, 'remember'>;
  readonly checkEntry: CheckEntry;
  readonly clock: () => number;
};

/**
 * `POST /api/reservations`: one append to the performance's inventory, and nothing else. Throws the problem of a refusal.
 * The correlation id of all that follows is the reservation's own id.
 */
export const createReserve =
  ({ inventories, bookings, checkEntry, clock }: Deps) =>
  async (c: Reserve): Promise<Reserved> => {
    const { performanceId, entryToken } = c.body;
    const reservationId = reservationIdOf(c.userId, performanceId, c.idempotencyKey);
    const context: CommandContext = {
      commandId: CommandId.parse(`hold:${reservationId}`),
      correlationId: reservationId,
      causationId: c.requestId,
      actor: { id: c.userId, role: 'user' },
      fingerprint: c.fingerprint,
    };
    const command = {
      kind: 'hold' as const,
      reservationId,
      reservationNumber: newReservationNumber(),
      userId: c.userId,
      ...wishOf(c.body),
      entry: await checkEntry(entryToken, c.userId),
      now: instantOf(clock()),
    };
    const outcome = await inventories.run(performanceId, command, context);
    if (outcome.kind === 'refused') throw refused(outcome);
    if (outcome.held === undefined) throw new Error(`the inventory accepted reservation ${reservationId} and does not have it`);

    const { status: _, ...held } = outcome.held;
    bookings.remember(held);
    return {
      id: reservationId,
      reservationNumber: held.reservationNumber,
      performanceId,
      eventId: held.showId,
      status: 'pending',
      items: itemsOf(held),
      totalAmount: held.totalAmount,
      expiresAt: held.holdUntil,
      position: outcome.position ?? '0',
    };
  };

const wishOf = ({ seatIds, tickets, bestAvailable }: ReserveRequest) => {
  const named = { seatIds, tickets };
  if (bestAvailable === undefined) return named;
  const { count, grade } = bestAvailable;
  return { ...named, bestAvailable: { count, grade: grade ?? null } satisfies BestAvailable };
};

const itemsOf = ({ seats, quantities }: HeldSeats): ReservedItem[] => [
  ...seats.map(({ seatId, price }) => ({ seatId, ticketTypeId: null, quantity: 1, unitPrice: price, subtotal: price })),
  ...quantities.map(({ ticketTypeId, quantity, unitPrice }) => ({
    ...{ seatId: null, ticketTypeId, quantity, unitPrice },
    subtotal: quantity * unitPrice,
  })),
];
