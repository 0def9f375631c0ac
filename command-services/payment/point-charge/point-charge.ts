import type { PointChargeEvent } from '@tiketi/shared-kernel/contracts/events/point-charge.js';
import type { OrderId, PaymentKey, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Won } from '@tiketi/shared-kernel/contracts/money.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Aggregate } from '@tiketi/shared-kernel/event-sourcing/decider.js';

/** An order that buys points. */
export type ChargeOrder = { readonly orderId: OrderId; readonly userId: UserId; readonly amount: Won };

type Requested = { readonly paymentKey: PaymentKey; readonly providerKey: string; readonly requestedAt: Instant };

export type PointCharge =
  | { readonly status: 'none' }
  | { readonly status: 'prepared'; readonly order: ChargeOrder }
  | ({ readonly status: 'requested'; readonly order: ChargeOrder } & Requested)
  | {
      readonly status: 'approved';
      readonly order: ChargeOrder;
      readonly paymentKey: PaymentKey;
      readonly method: string | null;
      readonly receiptUrl: string | null;
    }
  | { readonly status: 'declined'; readonly order: ChargeOrder; readonly paymentKey: PaymentKey; readonly code: string };

/** Buying points, with the provider (stream `payment-{orderId}`). What is bought is credited in the buyer's points stream. */
export const pointCharge: Aggregate<PointCharge, PointChargeEvent> = {
  initial: { status: 'none' },
  evolve: {
    PointChargePrepared: (_, { data: { orderId, userId, amount } }) => ({
      status: 'prepared',
      order: { orderId, userId, amount },
    }),
    PointChargeRequested: (state, { data: { paymentKey, providerKey, requestedAt } }) =>
      state.status === 'none' ? state : { status: 'requested', order: state.order, paymentKey, providerKey, requestedAt },
    PointChargeApproved: (state, { data: { paymentKey, method, receiptUrl } }) =>
      state.status === 'none' ? state : { status: 'approved', order: state.order, paymentKey, method, receiptUrl },
    PointChargeDeclined: (state, { data: { code } }) =>
      'paymentKey' in state ? { status: 'declined', order: state.order, paymentKey: state.paymentKey, code } : state,
  },
};
