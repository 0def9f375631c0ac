import type { PointsEvent } from '@tiketi/shared-kernel/contracts/events/points.js';
import type { OrderId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Won } from '@tiketi/shared-kernel/contracts/money.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';

type Kind = 'charge' | 'hold' | 'capture' | 'void' | 'refund';

/**
 * One movement of points in the double-entry ledger: `amount` leaves one account and enters another, so that all accounts together
 * always hold nothing. `outside` is where money was exchanged for points, `spent` what tickets took.
 */
export type PointsTransaction = {
  /** The order and what was done with it. */
  readonly transactionId: string;
  readonly kind: Kind;
  readonly userId: UserId;
  readonly orderId: OrderId;
  readonly amount: Won;
  readonly from: string;
  readonly to: string;
  readonly at: Instant;
};

const available = (userId: UserId): string => `available:${userId}`;
const held = (userId: UserId): string => `held:${userId}`;
const OUTSIDE = 'outside';
const SPENT = 'spent';

/** What an event moves. A hold voided before it held anything moves nothing and is the transaction of 0. */
export const transactionOf = ({ type, data }: PointsEvent): PointsTransaction => {
  const { userId, orderId, amount } = data;
  const base = { userId, orderId, amount };
  switch (type) {
    case 'PointsCharged':
      return { ...base, ...named('charge', orderId), from: OUTSIDE, to: available(userId), at: data.chargedAt };
    case 'PointsHeld':
      return { ...base, ...named('hold', orderId), from: available(userId), to: held(userId), at: data.heldAt };
    case 'PointsCaptured':
      return { ...base, ...named('capture', orderId), from: held(userId), to: SPENT, at: data.capturedAt };
    case 'PointsHoldVoided':
      return { ...base, ...named('void', orderId), from: held(userId), to: available(userId), at: data.voidedAt };
    case 'PointsRefunded':
      return { ...base, ...named('refund', orderId, data.refundId), from: SPENT, to: available(userId), at: data.refundedAt };
  }
};

const named = (kind: Kind, ...parts: readonly string[]): Pick<PointsTransaction, 'kind' | 'transactionId'> => ({
  kind,
  transactionId: [kind, ...parts].join(':'),
});
