import type { PaymentEvent } from '@tiketi/shared-kernel/contracts/events/payment.js';
import type { PaymentKey } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import type { Payment } from './payment.js';

export type RecordApproval = {
  readonly paymentKey: PaymentKey;
  readonly method: string | null;
  readonly receiptUrl: string | null;
  readonly now: Instant;
};
export type RecordDecline = { readonly code: string; readonly now: Instant };

export type OutcomeRefusal = 'NotRequested';

/**
 * The provider charged the card: the amount of the order, which the caller has compared. Told after a decline it is still the truth: what
 * was charged must be known to be given back.
 */
export const recordApproval =
  (c: RecordApproval) =>
  (s: Payment): Decision<PaymentEvent, OutcomeRefusal> => {
    if (s.status === 'approved' || s.status === 'refunding' || s.status === 'refunded') return { accepted: [] };
    if (s.status !== 'requested' && s.status !== 'declined') return { refused: 'NotRequested' };
    const { orderId, reservationId, cardAmount } = s.order;
    const { method, receiptUrl, now } = c;
    return {
      accepted: [
        {
          type: 'PaymentApproved',
          data: { orderId, reservationId, paymentKey: c.paymentKey, cardAmount, method, receiptUrl, approvedAt: now },
        },
      ],
    };
  };

/** The provider said, once and for all, that it will not charge. */
export const recordDecline =
  (c: RecordDecline) =>
  (s: Payment): Decision<PaymentEvent, OutcomeRefusal> => {
    if (s.status === 'declined') return { accepted: [] };
    if (s.status !== 'requested') return { refused: 'NotRequested' };
    const { orderId, reservationId } = s.order;
    return { accepted: [{ type: 'PaymentDeclined', data: { orderId, reservationId, code: c.code, declinedAt: c.now } }] };
  };
