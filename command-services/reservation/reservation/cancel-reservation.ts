import type { ReservationEvent } from '@tiketi/shared-kernel/contracts/events/reservation.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import type { Reservation } from './reservation.js';

export type CancelReservation = { readonly now: Instant };

export type CancelRefusal = 'ReservationNotFound' | 'PaymentInProgress' | 'AlreadyConfirmed' | 'ReservationExpired';

/** The buyer gives up an unpaid reservation. */
export const cancelReservation =
  (c: CancelReservation) =>
  (s: Reservation): Decision<ReservationEvent, CancelRefusal> => {
    switch (s.status) {
      case 'unopened':
        return { refused: 'ReservationNotFound' };
      case 'paying':
        return { refused: 'PaymentInProgress' };
      case 'confirmed':
        return { refused: 'AlreadyConfirmed' };
      case 'expired':
        return { refused: 'ReservationExpired' };
      case 'cancelled':
        return { accepted: [] };
      case 'pending': {
        const { reservationId, performanceId } = s;
        return { accepted: [{ type: 'ReservationCancelled', data: { reservationId, performanceId, cancelledAt: c.now } }] };
      }
    }
  };
