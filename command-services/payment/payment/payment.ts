import type { PaymentEvent } from '@tiketi/shared-kernel/contracts/events/payment.js';
import type { OrderId, PaymentKey, PerformanceId, RefundId, ReservationId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Aggregate } from '@tiketi/shared-kernel/event-sourcing/decider.js';

export type Order = {
  readonly orderId: OrderId;
  readonly reservationId: ReservationId;
  readonly userId: UserId;
  readonly performanceId: PerformanceId;
  readonly amount: Won;
  readonly cardAmount: Won;
  readonly pointAmount: Won;
  readonly orderName: string;
};

type RefundReason = Extract<PaymentEvent, { type: 'PaymentRefundRequested' }>['data']['reason'];

/** One giving back. While `requested`, the provider may or may not have done it. */
export type Refund = {
  readonly refundId: RefundId;
  readonly status: 'requested' | 'done';
  readonly cardAmount: Won;
  readonly pointAmount: Won;
  readonly reason: RefundReason;
  readonly providerKey: string;
  readonly requestedAt: Instant;
};

type Charged = {
  readonly order: Order;
  /** Null where points paid all of it. */
  readonly paymentKey: PaymentKey | null;
  readonly method: string | null;
  readonly receiptUrl: string | null;
  /** In the order they were asked for; at most the last one is not done. */
  readonly refunds: readonly Refund[];
};

export type Payment =
  | { readonly status: 'none' }
  | { readonly status: 'prepared'; readonly order: Order }
  | {
      readonly status: 'requested';
      readonly order: Order;
      readonly paymentKey: PaymentKey;
      readonly providerKey: string;
      readonly requestedAt: Instant;
    }
  /** A virtual account waits for the transfer. */
  | {
      readonly status: 'awaitingDeposit';
      readonly order: Order;
      readonly paymentKey: PaymentKey;
      readonly dueBy: Instant;
      readonly issuedAt: Instant;
    }
  | ({ readonly status: 'approved' } & Charged)
  | { readonly status: 'declined'; readonly order: Order; readonly code: string }
  | { readonly status: 'abandoned'; readonly order: Order };

export type Approved = Extract<Payment, { status: 'approved' }>;

/** What has been given back, or may have been: card and points apart. */
export const givenBack = ({ refunds }: Approved): { readonly card: number; readonly points: number } =>
  refunds.reduce((sum, { cardAmount, pointAmount }) => ({ card: sum.card + cardAmount, points: sum.points + pointAmount }), {
    card: 0,
    points: 0,
  });

/** What could still be given back. */
export const refundable = (state: Approved): { readonly card: Won; readonly points: Won } => {
  const back = givenBack(state);
  return { card: Won.parse(state.order.cardAmount - back.card), points: Won.parse(state.order.pointAmount - back.points) };
};

/** Nothing of it will stay: everything has come back or is about to. */
export const isGivenUp = (state: Approved): boolean => {
  const left = refundable(state);
  return left.card === 0 && left.points === 0;
};

/** Everything has come back, and certainly so. */
export const isRefunded = (state: Approved): boolean =>
  isGivenUp(state) && state.refunds.every(({ status }) => status === 'done');

/** The life of one order with the provider (stream `payment-{orderId}`). */
export const payment: Aggregate<Payment, PaymentEvent> = {
  initial: { status: 'none' },
  evolve: {
    PaymentPrepared: (_, { data }) => {
      const { preparedAt: __, ...order } = data;
      return { status: 'prepared', order };
    },
    PaymentConfirmRequested: (state, { data }) => {
      if (state.status === 'none') return state;
      const { paymentKey, providerKey, requestedAt } = data;
      return { status: 'requested', order: state.order, paymentKey, providerKey, requestedAt };
    },
    VirtualAccountIssued: (state, { data: { paymentKey, dueBy, issuedAt } }) =>
      state.status === 'none' ? state : { status: 'awaitingDeposit', order: state.order, paymentKey, dueBy, issuedAt },
    PaymentApproved: (state, { data }) => {
      if (state.status === 'none') return state;
      const { paymentKey, method, receiptUrl } = data;
      return { status: 'approved', order: state.order, paymentKey, method, receiptUrl, refunds: [] };
    },
    PaymentDeclined: (state, { data }) =>
      state.status === 'none' ? state : { status: 'declined', order: state.order, code: data.code },
    PaymentAbandoned: (state) => (state.status === 'none' ? state : { status: 'abandoned', order: state.order }),
    PaymentRefundRequested: (state, { data }) => {
      if (state.status !== 'approved') return state;
      const { refundId, cardAmount, pointAmount, reason, providerKey, requestedAt } = data;
      const refund: Refund = { refundId, status: 'requested', cardAmount, pointAmount, reason, providerKey, requestedAt };
      return { ...state, refunds: [...state.refunds, refund] };
    },
    PaymentRefunded: (state, { data }) => {
      if (state.status !== 'approved') return state;
      const refunds = state.refunds.map((refund) =>
        refund.refundId === data.refundId ? { ...refund, status: 'done' as const } : refund,
      );
      return { ...state, refunds };
    },
    // what the bank took back is a person's to settle; the order's history says so
    DepositReversed: (state) => state,
  },
};
