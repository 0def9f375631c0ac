import type { PaymentEvent } from '@tiketi/shared-kernel/contracts/events/payment.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import type { Payment } from './payment.js';

export type AbandonPayment = { readonly now: Instant };

/** Closes an order nobody confirmed in time, so that a stalled handler's intent fails at its revision. */
export const abandonPayment =
  (c: AbandonPayment) =>
  (s: Payment): Decision<PaymentEvent, 'PaymentNotFound' | 'ConfirmRequested'> => {
    if (s.status === 'none') return { refused: 'PaymentNotFound' };
    if (s.status === 'abandoned' || s.status === 'declined') return { accepted: [] };
    if (s.status !== 'prepared') return { refused: 'ConfirmRequested' };
    const { orderId, reservationId, pointAmount } = s.order;
    return { accepted: [{ type: 'PaymentAbandoned', data: { orderId, reservationId, pointAmount, abandonedAt: c.now } }] };
  };
