import type { ReservationEvent } from '@tiketi/shared-kernel/contracts/events/reservation.js';
import type { OrderId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { type Instant, instantOf, millisecondsOf } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import type { Reservation } from './reservation.js';

/** An order not confirmed with the provider within `payWithinMs` is abandoned (90 s unless configured). */
export type StartPayment = {
  readonly orderId: OrderId;
  readonly amount: Won;
  readonly now: Instant;
  readonly payWithinMs: number;
};

export type StartPaymentRefusal =
  | 'ReservationNotFound'
  | 'AmountMismatch'
  | 'ReservationExpired'
  | 'ReservationCancelled'
  | 'AlreadyConfirmed'
  | 'AnotherPaymentOpen'
  | 'OrderClosed';

/** One open order at a time, begun before the hold ends; from here expiry waits for the payment. */
export const startPayment =
  (c: StartPayment) =>
  (s: Reservation): Decision<ReservationEvent, StartPaymentRefusal> => {
    if (s.status === 'unopened') return { refused: 'ReservationNotFound' };
    if (c.amount !== s.totalAmount) return { refused: 'AmountMismatch' };
    if (s.status === 'confirmed') return { refused: 'AlreadyConfirmed' };
    if (s.status === 'cancelled') return { refused: 'ReservationCancelled' };
    if (s.status === 'expired') return { refused: 'ReservationExpired' };
    if (s.closedOrders.includes(c.orderId)) return { refused: 'OrderClosed' };
    if (s.status === 'paying') return s.orderId === c.orderId ? { accepted: [] } : { refused: 'AnotherPaymentOpen' };

    const now = millisecondsOf(c.now);
    if (now >= millisecondsOf(s.holdUntil)) return { refused: 'ReservationExpired' };
    const payBy = instantOf(now + c.payWithinMs);
    return {
      accepted: [
        { type: 'PaymentStarted', data: { reservationId: s.reservationId, orderId: c.orderId, payBy, startedAt: c.now } },
      ],
    };
  };
