import type { ReservationEvent } from '@tiketi/shared-kernel/contracts/events/reservation.js';
import type { OrderId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import type { Reservation } from './reservation.js';

export type ConfirmReservation = { readonly orderId: OrderId; readonly now: Instant };

export type ConfirmRefusal = 'ReservationNotFound' | 'NotPaying' | 'PaidByAnother';

/** The commit point of a purchase. A refusal means the charge of this order must go back. */
export const confirmReservation =
  (c: ConfirmReservation) =>
  (s: Reservation): Decision<ReservationEvent, ConfirmRefusal> => {
    if (s.status === 'unopened') return { refused: 'ReservationNotFound' };
    if (s.status === 'confirmed') return s.orderId === c.orderId ? { accepted: [] } : { refused: 'PaidByAnother' };
    if (s.status !== 'paying' && s.status !== 'awaitingDeposit') return { refused: 'NotPaying' };
    if (s.orderId !== c.orderId) return { refused: 'PaidByAnother' };
    const { reservationId, performanceId } = s.booking;
    const { orderId, pointAmount } = s;
    return {
      accepted: [
        { type: 'ReservationConfirmed', data: { reservationId, performanceId, orderId, pointAmount, confirmedAt: c.now } },
      ],
    };
  };
