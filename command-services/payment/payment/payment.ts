import type { PaymentEvent } from '@tiketi/shared-kernel/contracts/events/payment.js';
import type { OrderId, PaymentKey, PerformanceId, ReservationId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Won } from '@tiketi/shared-kernel/contracts/money.js';
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

type Requested = { readonly paymentKey: PaymentKey; readonly providerKey: string; readonly requestedAt: Instant };
type Charged = { readonly paymentKey: PaymentKey; readonly method: string | null; readonly receiptUrl: string | null };

export type Payment =
  | { readonly status: 'none' }
  | { readonly status: 'prepared'; readonly order: Order }
  | ({ readonly status: 'requested'; readonly order: Order } & Requested)
  | ({ readonly status: 'approved'; readonly order: Order } & Charged)
  | { readonly status: 'declined'; readonly order: Order; readonly code: string }
  | { readonly status: 'abandoned'; readonly order: Order }
  | ({ readonly status: 'refunding'; readonly order: Order; readonly refundKey: string } & Charged)
  | ({ readonly status: 'refunded'; readonly order: Order } & Charged);

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
    PaymentApproved: (state, { data }) => {
      if (state.status === 'none') return state;
      const { paymentKey, method, receiptUrl } = data;
      return { status: 'approved', order: state.order, paymentKey, method, receiptUrl };
    },
    PaymentDeclined: (state, { data }) =>
      state.status === 'none' ? state : { status: 'declined', order: state.order, code: data.code },
    PaymentAbandoned: (state) => (state.status === 'none' ? state : { status: 'abandoned', order: state.order }),
    PaymentRefundRequested: (state, { data }) =>
      state.status === 'approved' ? { ...state, status: 'refunding', refundKey: data.providerKey } : state,
    PaymentRefunded: (state) => {
      if (state.status !== 'refunding') return state;
      const { order, paymentKey, method, receiptUrl } = state;
      return { status: 'refunded', order, paymentKey, method, receiptUrl };
    },
  },
};
