import type { ReservationEvent } from '@tiketi/shared-kernel/contracts/events/reservation.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { cancelled, givenUp } from './cancelling.js';
import type { Reservation } from './reservation.js';

export type CancelForShow = { readonly now: Instant };

/** The show does not take place: every reservation ends, and what was paid goes back in full. */
export const cancelForShow =
  (c: CancelForShow) =>
  (s: Reservation): Decision<ReservationEvent, 'ReservationNotFound'> => {
    switch (s.status) {
      case 'unopened':
        return { refused: 'ReservationNotFound' };
      case 'cancelled':
      case 'expired':
        return { accepted: [] };
      case 'pending':
        return { accepted: [cancelled(s.booking, 'show_cancelled', null, c.now)] };
      case 'paying':
      case 'awaitingDeposit':
        return { accepted: givenUp(s, 'show_cancelled', c.now) };
      case 'confirmed': {
        const { booking, orderId } = s;
        const refund = {
          orderId,
          amount: booking.totalAmount,
          fee: Won.parse(0),
          policyVersion: booking.refundPolicyVersion,
        };
        return { accepted: [cancelled(booking, 'show_cancelled', refund, c.now)] };
      }
    }
  };
