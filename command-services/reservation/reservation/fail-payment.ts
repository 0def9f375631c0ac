import type { ReservationEvent } from '@tiketi/shared-kernel/contracts/events/reservation.js';
import type { OrderId } from '@tiketi/shared-kernel/contracts/ids.js';
import { type Instant, millisecondsOf } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import type { Reservation } from './reservation.js';

export type FailPayment = {
  readonly orderId: OrderId;
  readonly reason: 'declined' | 'abandoned';
  readonly now: Instant;
};

/** The order ended without a charge: back to pending, or expired where the hold ran out meanwhile. */
export const failPayment =
  (c: FailPayment) =>
  (s: Reservation): Decision<ReservationEvent, 'ReservationNotFound' | 'AlreadyConfirmed'> => {
    if (s.status === 'unopened') return { refused: 'ReservationNotFound' };
    if (s.status === 'confirmed' && s.orderId === c.orderId) return { refused: 'AlreadyConfirmed' };
    if ((s.status !== 'paying' && s.status !== 'awaitingDeposit') || s.orderId !== c.orderId) return { accepted: [] };

    const { reservationId, performanceId, holdUntil } = s.booking;
    const failed: ReservationEvent = {
      type: 'PaymentAttemptFailed',
      data: { reservationId, orderId: c.orderId, reason: c.reason, failedAt: c.now },
    };
    if (millisecondsOf(c.now) < millisecondsOf(holdUntil)) return { accepted: [failed] };
    return { accepted: [failed, { type: 'ReservationExpired', data: { reservationId, performanceId, expiredAt: c.now } }] };
  };
