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
  /** The part of `amount` that is paid with points. */
  readonly pointAmount: Won;
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
    if (c.amount !== s.booking.totalAmount) return { refused: 'AmountMismatch' };
    if (s.status === 'confirmed') return s.orderId === c.orderId ? { accepted: [] } : { refused: 'AlreadyConfirmed' };
    if (s.status === 'cancelled') return { refused: 'ReservationCancelled' };
    if (s.status === 'expired') return { refused: 'ReservationExpired' };
    if (s.booking.closedOrders.includes(c.orderId)) return { refused: 'OrderClosed' };
    if (s.status !== 'pending') return s.orderId === c.orderId ? { accepted: [] } : { refused: 'AnotherPaymentOpen' };

    const now = millisecondsOf(c.now);
    const { reservationId, holdUntil } = s.booking;
    if (now >= millisecondsOf(holdUntil)) return { refused: 'ReservationExpired' };
    const { orderId, pointAmount } = c;
    const payBy = instantOf(now + c.payWithinMs);
    return { accepted: [{ type: 'PaymentStarted', data: { reservationId, orderId, pointAmount, payBy, startedAt: c.now } }] };
  };
