import type { RefundPolicy } from '@tiketi/shared-kernel/contracts/events/refund-policy.js';
import type { ReservationEvent } from '@tiketi/shared-kernel/contracts/events/reservation.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { cancelled, givenUp } from './cancelling.js';
import { refundDue } from './refund-due.js';
import type { Reservation } from './reservation.js';

/** The version of the show's policy the booking was made under, and when the performance begins. */
export type CancelReservation = { readonly policy: RefundPolicy; readonly startsAt: Instant; readonly now: Instant };

export type CancelRefusal = 'ReservationNotFound' | 'PaymentInProgress' | 'ReservationExpired' | 'CancellationClosed';

/** The buyer gives the reservation up: for nothing while it is unpaid, by the refund policy once it is paid. */
export const cancelReservation =
  (c: CancelReservation) =>
  (s: Reservation): Decision<ReservationEvent, CancelRefusal> => {
    switch (s.status) {
      case 'unopened':
        return { refused: 'ReservationNotFound' };
      case 'paying':
        return { refused: 'PaymentInProgress' };
      case 'expired':
        return { refused: 'ReservationExpired' };
      case 'cancelled':
        return { accepted: [] };
      case 'pending':
        return { accepted: [cancelled(s.booking, 'buyer', null, c.now)] };
      case 'awaitingDeposit':
        return { accepted: givenUp(s, 'buyer', c.now) };
      case 'confirmed': {
        const { booking, orderId } = s;
        const due = refundDue(c.policy, { ...booking, startsAt: c.startsAt }, c.now);
        if (due === 'closed') return { refused: 'CancellationClosed' };
        return { accepted: [cancelled(booking, 'buyer', { orderId, ...due, policyVersion: c.policy.version }, c.now)] };
      }
    }
  };
