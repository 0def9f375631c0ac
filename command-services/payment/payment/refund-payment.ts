import type { PaymentEvent } from '@tiketi/shared-kernel/contracts/events/payment.js';
import type { RefundId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { type Approved, givenBack, type Payment, type Refund, refundable } from './payment.js';

export type RequestRefund = {
  readonly refundId: RefundId;
  /** Won; `all`: whatever is left. */
  readonly amount: number | 'all';
  readonly reason: Refund['reason'];
  readonly providerKey: string;
  readonly now: Instant;
};
export type RecordRefund = { readonly refundId: RefundId; readonly transactionKey: string | null; readonly now: Instant };

export type RequestRefundRefusal = 'NotApproved' | 'RefundInProgress' | 'ExceedsCharge';

/**
 * Points come back first, so that what is kept (a fee) is kept of the card part as far as that goes. A booking's own cancellation
 * gives back what is left where a person has given some of it back before.
 */
const partsOf = (state: Approved, c: RequestRefund): { readonly card: Won; readonly points: Won } | undefined => {
  const left = refundable(state);
  const most = left.card + left.points;
  if (c.reason === 'goodwill' && c.amount !== 'all' && c.amount > most) return undefined;
  const amount = c.amount === 'all' ? most : Math.min(c.amount, most);
  const points = Math.min(amount, left.points);
  return { card: Won.parse(amount - points), points: Won.parse(points) };
};

/** The intent to give some or all of an order back, stored before anybody is asked. One at a time. */
export const requestRefund =
  (c: RequestRefund) =>
  (s: Payment): Decision<PaymentEvent, RequestRefundRefusal> => {
    if (s.status !== 'approved') return { refused: 'NotApproved' };
    if (s.refunds.some(({ refundId }) => refundId === c.refundId)) return { accepted: [] };
    if (s.refunds.some(({ status }) => status === 'requested')) return { refused: 'RefundInProgress' };
    const parts = partsOf(s, c);
    if (parts === undefined) return { refused: 'ExceedsCharge' };
    if (parts.card + parts.points === 0) return { accepted: [] };
    const { orderId, reservationId } = s.order;
    const { refundId, reason, providerKey } = c;
    return {
      accepted: [
        {
          type: 'PaymentRefundRequested',
          data: {
            orderId,
            reservationId,
            refundId,
            cardAmount: parts.card,
            pointAmount: parts.points,
            reason,
            providerKey,
            requestedAt: c.now,
          },
        },
      ],
    };
  };

/** It has come back: card part and points. */
export const recordRefund =
  (c: RecordRefund) =>
  (s: Payment): Decision<PaymentEvent, 'NotRequested'> => {
    const refund = s.status === 'approved' ? s.refunds.find(({ refundId }) => refundId === c.refundId) : undefined;
    if (s.status !== 'approved' || refund === undefined) return { refused: 'NotRequested' };
    if (refund.status === 'done') return { accepted: [] };
    const { orderId, reservationId } = s.order;
    const { refundId, cardAmount, pointAmount } = refund;
    return {
      accepted: [
        {
          type: 'PaymentRefunded',
          data: {
            orderId,
            reservationId,
            refundId,
            cardAmount,
            pointAmount,
            transactionKey: c.transactionKey,
            refundedAt: c.now,
          },
        },
      ],
    };
  };

export type RecordOutside = {
  readonly refundId: RefundId;
  /** Won of the card part that has come back altogether, by the provider's books: ours and anybody else's. */
  readonly cameBack: number;
  readonly now: Instant;
};

/**
 * The provider gave back what we never asked for (a person did, at its console). Where nothing of the card part is left, the points go
 * back with it: nothing is bought any more. Nothing is concluded while a refund of our own is under way.
 */
export const recordOutside =
  (c: RecordOutside) =>
  (s: Payment): Decision<PaymentEvent, 'NotApproved' | 'RefundInProgress'> => {
    if (s.status !== 'approved') return { refused: 'NotApproved' };
    if (s.refunds.some(({ refundId }) => refundId === c.refundId)) return { accepted: [] };
    if (s.refunds.some(({ status }) => status === 'requested')) return { refused: 'RefundInProgress' };
    const left = refundable(s);
    const beyondOurs = c.cameBack - givenBack(s).card;
    if (beyondOurs <= 0) return { accepted: [] };
    const card = Won.parse(Math.min(beyondOurs, left.card));
    if (card === 0) return { accepted: [] };
    const points = card === left.card ? left.points : Won.parse(0);
    const { orderId, reservationId } = s.order;
    return {
      accepted: [
        {
          type: 'PaymentRefundRequested',
          data: {
            orderId,
            reservationId,
            refundId: c.refundId,
            cardAmount: card,
            pointAmount: points,
            reason: 'outside',
            providerKey: 'none',
            requestedAt: c.now,
          },
        },
      ],
    };
  };
