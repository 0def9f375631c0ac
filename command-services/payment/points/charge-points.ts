import type { PointsEvent } from '@tiketi/shared-kernel/contracts/events/points.js';
import type { OrderId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Won } from '@tiketi/shared-kernel/contracts/money.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import type { Points } from './points.js';

export type ChargePoints = {
  readonly orderId: OrderId;
  readonly userId: UserId;
  readonly amount: Won;
  readonly now: Instant;
};

export type ChargePointsRefusal = 'OrderMismatch' | 'BalanceTooLarge';

/** Credits points that have been paid for. An order credits once. */
export const chargePoints =
  ({ orderId, userId, amount, now }: ChargePoints) =>
  (s: Points): Decision<PointsEvent, ChargePointsRefusal> => {
    const order = s.orders.get(orderId);
    if (order !== undefined) {
      return order.status === 'charged' && order.amount === amount ? { accepted: [] } : { refused: 'OrderMismatch' };
    }
    // the money was taken, so only what could not be counted any more is refused
    if (!Number.isSafeInteger(s.available + s.held + amount)) return { refused: 'BalanceTooLarge' };
    return { accepted: [{ type: 'PointsCharged', data: { userId, orderId, amount, chargedAt: now } }] };
  };
