import type { PaymentEvent } from '@tiketi/shared-kernel/contracts/events/payment.js';
import type { PaymentKey } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import type { Order, Payment } from './payment.js';

type Outcome = { readonly paymentKey: PaymentKey | null; readonly method: string | null; readonly receiptUrl: string | null };

export type RecordApproval = Outcome & { readonly paymentKey: PaymentKey; readonly now: Instant };
export type RecordDecline = { readonly code: string; readonly now: Instant };
export type RecordAccount = { readonly paymentKey: PaymentKey; readonly dueBy: Instant; readonly now: Instant };

export type OutcomeRefusal = 'NotRequested';

const approval = ({ orderId, reservationId, cardAmount, pointAmount }: Order, outcome: Outcome, now: Instant): PaymentEvent => {
  const { paymentKey, method, receiptUrl } = outcome;
  return {
    type: 'PaymentApproved',
    data: { orderId, reservationId, paymentKey, cardAmount, pointAmount, method, receiptUrl, approvedAt: now },
  };
};

/**
 * The provider charged the card part of the order, which the caller has compared. Told after a decline it is still the truth: what
 * was charged must be known to be given back.
 */
export const recordApproval =
  (c: RecordApproval) =>
  (s: Payment): Decision<PaymentEvent, OutcomeRefusal> => {
    if (s.status === 'approved') return { accepted: [] };
    if (s.status !== 'requested' && s.status !== 'awaitingDeposit' && s.status !== 'declined') return { refused: 'NotRequested' };
    return { accepted: [approval(s.order, c, c.now)] };
  };

/** Points pay all of it: there is no provider to ask. Whoever abandons the order first prevents it. */
export const approveByPoints =
  (c: { readonly now: Instant }) =>
  (s: Payment): Decision<PaymentEvent, OutcomeRefusal> => {
    if (s.status === 'approved') return { accepted: [] };
    if (s.status !== 'prepared' || s.order.cardAmount > 0) return { refused: 'NotRequested' };
    return { accepted: [approval(s.order, { paymentKey: null, method: 'POINTS', receiptUrl: null }, c.now)] };
  };

/** The provider opened an account the buyer may transfer the money to. */
export const recordAccount =
  (c: RecordAccount) =>
  (s: Payment): Decision<PaymentEvent, OutcomeRefusal> => {
    if (s.status === 'awaitingDeposit' || s.status === 'approved') return { accepted: [] };
    if (s.status !== 'requested') return { refused: 'NotRequested' };
    const { orderId, reservationId } = s.order;
    const { paymentKey, dueBy, now } = c;
    return { accepted: [{ type: 'VirtualAccountIssued', data: { orderId, reservationId, paymentKey, dueBy, issuedAt: now } }] };
  };

/** The provider said, once and for all, that it will not charge. */
export const recordDecline =
  (c: RecordDecline) =>
  (s: Payment): Decision<PaymentEvent, OutcomeRefusal> => {
    if (s.status === 'declined') return { accepted: [] };
    if (s.status !== 'requested' && s.status !== 'awaitingDeposit') return { refused: 'NotRequested' };
    const { orderId, reservationId, pointAmount } = s.order;
    return {
      accepted: [{ type: 'PaymentDeclined', data: { orderId, reservationId, pointAmount, code: c.code, declinedAt: c.now } }],
    };
  };

/** The bank took back a deposit it had told us of. */
export const recordReversal =
  (c: { readonly now: Instant }) =>
  (s: Payment): Decision<PaymentEvent, 'NotApproved'> => {
    if (s.status !== 'approved') return { refused: 'NotApproved' };
    const { orderId, reservationId } = s.order;
    return { accepted: [{ type: 'DepositReversed', data: { orderId, reservationId, reversedAt: c.now } }] };
  };
