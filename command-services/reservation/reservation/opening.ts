import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import type { ReservationEvent } from '@tiketi/shared-kernel/contracts/events/reservation.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import { type Decide, fold } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { type Reservation, reservation } from './reservation.js';

export type HeldSeats = Extract<InventoryEvent, { type: 'SeatsHeld' }>['data'];

/**
 * Opens the stream from the hold where no command has yet, then decides; both in one append. A refusal opens nothing.
 */
export const openedFrom =
  <R>(
    held: HeldSeats,
    now: Instant,
    decide: Decide<Reservation, ReservationEvent, R>,
  ): Decide<Reservation, ReservationEvent, R> =>
  (s) => {
    if (s.status !== 'unopened') return decide(s);
    const opened: ReservationEvent = { type: 'ReservationOpened', data: { ...held, openedAt: now } };
    const decision = decide(fold(reservation, [opened]));
    if ('refused' in decision || decision.accepted.length === 0) return decision;
    return { accepted: [opened, ...decision.accepted] };
  };
