import type { ReservationEvent } from '@tiketi/shared-kernel/contracts/events/reservation.js';
import { type Instant, millisecondsOf } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { lastCall, type Reservation } from './reservation.js';

export type ExpireReservation = { readonly now: Instant };

export type ExpireRefusal = 'ReservationNotFound' | 'NotDue' | 'PaymentInProgress';

/** Ends an unpaid hold. A payment under way is waited for, at most until the last call. */
export const expireReservation =
  (c: ExpireReservation) =>
  (s: Reservation): Decision<ReservationEvent, ExpireRefusal> => {
    if (s.status === 'unopened') return { refused: 'ReservationNotFound' };
    if (s.status === 'confirmed' || s.status === 'cancelled' || s.status === 'expired') return { accepted: [] };
    const now = millisecondsOf(c.now);
    if (s.status === 'paying' && now < lastCall(s.booking)) return { refused: 'PaymentInProgress' };
    if (s.status === 'awaitingDeposit' && now < lastCall(s.booking, s.dueBy)) return { refused: 'PaymentInProgress' };
    if (now < millisecondsOf(s.booking.holdUntil)) return { refused: 'NotDue' };
    const { reservationId, performanceId } = s.booking;
    return { accepted: [{ type: 'ReservationExpired', data: { reservationId, performanceId, expiredAt: c.now } }] };
  };
