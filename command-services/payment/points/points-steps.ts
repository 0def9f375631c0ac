import type { OrderId, RefundId, ReservationId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Won } from '@tiketi/shared-kernel/contracts/money.js';
import type { Asking } from '../orders.js';

/** As much of an order as its points need to know. */
export type PointsOrder = {
  readonly orderId: OrderId;
  readonly userId: UserId;
  readonly pointAmount: Won;
  /** Correlation of every event it causes: the reservation's id. */
  readonly correlationId: string;
};

/** The points side of a reservation's order. */
export const pointsOf = (order: {
  readonly orderId: OrderId;
  readonly userId: UserId;
  readonly pointAmount: Won;
  readonly reservationId: ReservationId;
}): PointsOrder => {
  const { orderId, userId, pointAmount, reservationId } = order;
  return { orderId, userId, pointAmount, correlationId: reservationId };
};

/** What paying asks of a buyer's points. Each may be asked again and again. */
export type PointsSteps = {
  /** What could be held now. */
  readonly available: (userId: UserId) => Promise<Won>;
  /** `closed`: the order was voided before, so a late hold is refused. */
  readonly hold: (order: PointsOrder, asking: Asking) => Promise<'held' | 'insufficient' | 'closed'>;
  /** The reservation is confirmed: what was held is spent. */
  readonly capture: (order: PointsOrder, asking: Asking) => Promise<void>;
  /** The order ended without payment. Written down even where nothing was held, so that nothing can be held later. */
  readonly void: (order: PointsOrder, asking: Asking) => Promise<void>;
  /** Gives spent points back; captures them first where that has not happened yet. */
  readonly refund: (
    order: PointsOrder,
    refund: { readonly refundId: RefundId; readonly amount: Won },
    asking: Asking,
  ) => Promise<void>;
};
