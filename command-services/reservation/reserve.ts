import type { Reserved, ReserveRequest } from '@tiketi/shared-kernel/contracts/http/reservations.js';
import { CommandId, type UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { instantOf } from '@tiketi/shared-kernel/contracts/time.js';
import type { CommandContext } from '@tiketi/shared-kernel/event-sourcing/metadata.js';
import type { Bookings } from './bookings.js';
import { newReservationNumber, reservationIdOf } from './ids.js';
import { holdSeats } from './inventory/hold-seats.js';
import { heldSeatsOf, holdIn, type Inventories } from './inventory/inventories.js';
import type { Hold } from './inventory/inventory.js';
import { problemOf } from './problems.js';

export type Reserve = {
  readonly userId: UserId;
  readonly idempotencyKey: string;
  readonly fingerprint: string;
  readonly requestId: string;
  readonly body: ReserveRequest;
};

/**
 * `POST /api/reservations`: one append to the performance's inventory, and nothing else. Throws the problem of a refusal.
 * The correlation id of all that follows is the reservation's own id.
 */
export const createReserve =
  (deps: { readonly inventories: Inventories; readonly bookings: Bookings; readonly clock: () => number }) =>
  async (c: Reserve): Promise<Reserved> => {
    const reservationId = reservationIdOf(c.userId, c.body.performanceId, c.idempotencyKey);
    const context: CommandContext = {
      commandId: CommandId.parse(`hold:${reservationId}`),
      correlationId: reservationId,
      causationId: c.requestId,
      actor: { id: c.userId, role: 'user' },
      fingerprint: c.fingerprint,
    };
    const decide = holdSeats({
      reservationId,
      reservationNumber: newReservationNumber(),
      userId: c.userId,
      seatIds: c.body.seatIds,
      now: instantOf(deps.clock()),
    });
    const handled = await deps.inventories.decide(c.body.performanceId, decide, context);
    if (handled.kind === 'refused') throw problemOf(handled.refusal);

    const hold = holdIn(handled.state, reservationId);
    assertSame(hold, c.body);
    const held = heldSeatsOf(handled.state, hold);
    deps.bookings.remember(held);
    return {
      id: reservationId,
      reservationNumber: hold.reservationNumber,
      performanceId: c.body.performanceId,
      eventId: held.showId,
      status: 'pending',
      items: hold.seats.map(({ seatId, price }) => ({ seatId, quantity: 1, unitPrice: price, subtotal: price })),
      totalAmount: hold.totalAmount,
      expiresAt: hold.holdUntil,
      position: String(handled.position?.commit ?? 0n),
    };
  };

/** A command already in the stream is answered without deciding again, so what the repeat asks for is compared here. */
const assertSame = (hold: Hold, body: ReserveRequest): void => {
  const held = new Set<string>(hold.seats.map((seat) => seat.seatId));
  if (held.size !== body.seatIds.length || !body.seatIds.every((id) => held.has(id))) throw problemOf('KeyReused');
  if (hold.status === 'released') throw problemOf('ReservationClosed');
};
