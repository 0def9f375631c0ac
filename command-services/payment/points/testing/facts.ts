import type { PointsEvent } from '@tiketi/shared-kernel/contracts/events/points.js';
import { OrderId, RefundId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Asking } from '../../orders.js';

/** Facts that the tests of points share: two buyers and their orders. */
export const userIdOf = (n: number): UserId => UserId.parse(`5f0e0000-0000-4000-8000-${String(n).padStart(12, '0')}`);
export const anna = userIdOf(1);
export const orderIdOf = (n: number): OrderId => OrderId.parse(`ord-${String(n).padStart(6, '0')}`);
export const chargeIdOf = (n: number): OrderId => OrderId.parse(`pts_${String(n).padStart(6, '0')}`);
export const refundIdOf = (n: number): RefundId => RefundId.parse(`refund-${n}`);
export const at = Instant.parse('2026-05-01T10:00:00Z');
export const asking: Asking = { causationId: 'test', actor: { id: 'test', role: 'service' } };

const of = (orderId: OrderId, amount: number, userId: UserId) => ({ userId, orderId, amount: Won.parse(amount) });

export const charged = (orderId: OrderId, amount: number, userId = anna): PointsEvent => ({
  type: 'PointsCharged',
  data: { ...of(orderId, amount, userId), chargedAt: at },
});
export const held = (orderId: OrderId, amount: number, userId = anna): PointsEvent => ({
  type: 'PointsHeld',
  data: { ...of(orderId, amount, userId), heldAt: at },
});
export const captured = (orderId: OrderId, amount: number, userId = anna): PointsEvent => ({
  type: 'PointsCaptured',
  data: { ...of(orderId, amount, userId), capturedAt: at },
});
export const voided = (orderId: OrderId, amount: number, userId = anna): PointsEvent => ({
  type: 'PointsHoldVoided',
  data: { ...of(orderId, amount, userId), voidedAt: at },
});
export const refunded = (orderId: OrderId, refundId: RefundId, amount: number, userId = anna): PointsEvent => ({
  type: 'PointsRefunded',
  data: { ...of(orderId, amount, userId), refundId, refundedAt: at },
});
