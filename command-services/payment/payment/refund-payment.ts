import type { PaymentEvent } from '@tiketi/shared-kernel/contracts/events/payment.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import type { Payment } from './payment.js';

export type RequestRefund = { readonly reason: 'reservation_closed'; readonly refundKey: string; readonly now: Instant };
export type RecordRefund = { readonly transactionKey: string | null; readonly now: Instant };

/** The intent to give the whole charge back, stored before the provider is asked. */
export const requestRefund =
  (c: RequestRefund) =>
  (s: Payment): Decision<PaymentEvent, 'NotApproved'> => {
    if (s.status === 'refunding' || s.status === 'refunded') return { accepted: [] };
    if (s.status !== 'approved') return { refused: 'NotApproved' };
    const { orderId, reservationId, cardAmount } = s.order;
    return {
      accepted: [
        {
          type: 'PaymentRefundRequested',
          data: { orderId, reservationId, amount: cardAmount, reason: c.reason, providerKey: c.refundKey, requestedAt: c.now },
        },
      ],
    };
  };

/** The provider gave it back. */
export const recordRefund =
  (c: RecordRefund) =>
  (s: Payment): Decision<PaymentEvent, 'NotRefunding'> => {
    if (s.status === 'refunded') return { accepted: [] };
    if (s.status !== 'refunding') return { refused: 'NotRefunding' };
    const { orderId, reservationId, cardAmount } = s.order;
    return {
      accepted: [
        {
          type: 'PaymentRefunded',
          data: { orderId, reservationId, amount: cardAmount, transactionKey: c.transactionKey, refundedAt: c.now },
        },
      ],
    };
  };
