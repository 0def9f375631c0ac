import { type ReservationEvent, reservationEvents } from '@tiketi/shared-kernel/contracts/events/reservation.js';
import type { ReservationSnapshot } from '@tiketi/shared-kernel/contracts/http/internal.js';
import type { ReservationId } from '@tiketi/shared-kernel/contracts/ids.js';
import { reservationStream } from '@tiketi/shared-kernel/contracts/streams.js';
import { type Instant, instantOf } from '@tiketi/shared-kernel/contracts/time.js';
import { createCodec } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import { createCommandHandler, type Handled, loadStream } from '@tiketi/shared-kernel/event-sourcing/command-handler.js';
import type { Decide } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import type { EventStore } from '@tiketi/shared-kernel/event-sourcing/event-store/port.js';
import type { CommandContext } from '@tiketi/shared-kernel/event-sourcing/metadata.js';
import { createRememberedStreams } from '@tiketi/shared-kernel/event-sourcing/remembered-streams.js';
import type { Bookings } from '../bookings.js';
import { type HeldSeats, openedFrom } from './opening.js';
import { type Reservation, reservation } from './reservation.js';

export type Decided<R> = { readonly held: HeldSeats; readonly outcome: Handled<Reservation, ReservationEvent, R> };

export type Reservations = {
  /** Decides on the reservation, opening its stream where needed; undefined where there is no such reservation. */
  readonly decide: <R>(
    id: ReservationId,
    decideAt: (now: Instant) => Decide<Reservation, ReservationEvent, R>,
    context: CommandContext,
  ) => Promise<Decided<R> | undefined>;
  /** As it stands in its stream; pending where no command has touched it yet. */
  readonly snapshot: (id: ReservationId) => Promise<ReservationSnapshot | undefined>;
};

/** What another service may know of a reservation. */
export const snapshotOf = (held: HeldSeats, state: Reservation): ReservationSnapshot => ({
  reservationId: held.reservationId,
  reservationNumber: held.reservationNumber,
  userId: held.userId,
  showId: held.showId,
  performanceId: held.performanceId,
  totalAmount: held.totalAmount,
  seatCount: held.quantities.reduce((count, { quantity }) => count + quantity, held.seats.length),
  holdUntil: held.holdUntil,
  depositUntil: held.depositUntil,
  status: state.status === 'unopened' ? 'pending' : state.status,
  orderId: 'orderId' in state ? state.orderId : null,
});

/** Reservations whose buyers may be paying. */
const REMEMBERED = 10_000;

export const createReservations = (deps: {
  readonly store: EventStore;
  readonly bookings: Bookings;
  readonly clock: () => number;
}): Reservations => {
  const stream = { store: deps.store, codec: createCodec(reservationEvents), aggregate: reservation };
  // most are touched first by the payment or the deadline that ends them: until then they have no stream
  const handle = createCommandHandler({ ...stream, memory: createRememberedStreams<Reservation>(REMEMBERED), mostlyNew: true });
  return {
    decide: async (id, decideAt, context) => {
      const held = await deps.bookings.find(id);
      if (held === undefined) return undefined;
      const now = instantOf(deps.clock());
      // named by the booking, not by what was asked with: two spellings of one id must never be two lives
      const own = reservationStream(held.reservationId);
      return { held, outcome: await handle(own, openedFrom(held, now, decideAt(now)), context) };
    },
    snapshot: async (id) => {
      const held = await deps.bookings.find(id);
      if (held === undefined) return undefined;
      return snapshotOf(held, (await loadStream(stream, reservationStream(held.reservationId))).state);
    },
  };
};
