import type { PointsEvent } from '@tiketi/shared-kernel/contracts/events/points.js';
import type { OrderId, RefundId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Won } from '@tiketi/shared-kernel/contracts/money.js';
import type { Aggregate } from '@tiketi/shared-kernel/event-sourcing/decider.js';

/** What became of the points of one order. */
export type OrderPoints =
  | { readonly status: 'charged'; readonly amount: Won }
  | { readonly status: 'held'; readonly amount: Won }
  | { readonly status: 'captured'; readonly amount: Won; readonly refunds: ReadonlyMap<RefundId, Won> }
  /** Whatever it held is free again, and it may never hold anything. */
  | { readonly status: 'voided' };

/** A buyer's points, in won: free to spend, and set aside for open orders. An account nobody has used is the empty one. */
export type Points = {
  readonly available: number;
  readonly held: number;
  readonly orders: ReadonlyMap<OrderId, OrderPoints>;
};

/**
 * Nobody is sold points beyond this. Looked at when a charge is prepared and when it is confirmed; money that was taken all the same
 * (two charges at once) is credited. Far enough from where numbers stop being exact.
 */
export const MOST_POINTS = 100_000_000;

const withOrder = (s: Points, orderId: OrderId, order: OrderPoints): Points['orders'] => new Map(s.orders).set(orderId, order);

/** The points of one buyer (stream `points-{userId}`). */
export const points: Aggregate<Points, PointsEvent> = {
  initial: { available: 0, held: 0, orders: new Map() },
  evolve: {
    PointsCharged: (s, { data: { orderId, amount } }) => ({
      ...s,
      available: s.available + amount,
      orders: withOrder(s, orderId, { status: 'charged', amount }),
    }),
    PointsHeld: (s, { data: { orderId, amount } }) => ({
      available: s.available - amount,
      held: s.held + amount,
      orders: withOrder(s, orderId, { status: 'held', amount }),
    }),
    PointsCaptured: (s, { data: { orderId, amount } }) => ({
      ...s,
      held: s.held - amount,
      orders: withOrder(s, orderId, { status: 'captured', amount, refunds: new Map() }),
    }),
    PointsHoldVoided: (s, { data: { orderId, amount } }) => ({
      available: s.available + amount,
      held: s.held - amount,
      orders: withOrder(s, orderId, { status: 'voided' }),
    }),
    PointsRefunded: (s, { data: { orderId, refundId, amount } }) => {
      const order = s.orders.get(orderId);
      const available = s.available + amount;
      if (order?.status !== 'captured') return { ...s, available };
      const refunds = new Map(order.refunds).set(refundId, amount);
      return { ...s, available, orders: withOrder(s, orderId, { ...order, refunds }) };
    },
  },
};
