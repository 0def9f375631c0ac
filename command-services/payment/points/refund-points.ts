import type { PointsEvent } from '@tiketi/shared-kernel/contracts/events/points.js';
import type { OrderId, RefundId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { sumWon, type Won } from '@tiketi/shared-kernel/contracts/money.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { capturePoints } from './capture-points.js';
import type { Points } from './points.js';

export type RefundPoints = {
  readonly orderId: OrderId;
  readonly userId: UserId;
  readonly refundId: RefundId;
  readonly amount: Won;
  readonly now: Instant;
};

export type RefundPointsRefusal = 'NothingHeld' | 'MoreThanCaptured' | 'RefundMismatch';

/** Gives captured points back, each refund once and all together never more than was captured; what is still held is captured first. */
export const refundPoints =
  (c: RefundPoints) =>
  (s: Points): Decision<PointsEvent, RefundPointsRefusal> => {
    const { orderId, userId, refundId, amount, now } = c;
    const captured = capturePoints({ orderId, userId, now })(s);
    if ('refused' in captured) return captured;
    const order = s.orders.get(orderId);
    const refunds = order?.status === 'captured' ? order.refunds : new Map<RefundId, Won>();
    const before = refunds.get(refundId);
    if (before !== undefined) return before === amount ? { accepted: [] } : { refused: 'RefundMismatch' };
    const most = order !== undefined && 'amount' in order ? order.amount : 0;
    if (sumWon(refunds.values()) + amount > most) return { refused: 'MoreThanCaptured' };
    if (amount === 0) return captured;
    return {
      accepted: [...captured.accepted, { type: 'PointsRefunded', data: { userId, orderId, refundId, amount, refundedAt: now } }],
    };
  };
