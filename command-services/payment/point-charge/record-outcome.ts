import type { PointChargeEvent } from '@tiketi/shared-kernel/contracts/events/point-charge.js';
import type { PaymentKey } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import type { PointCharge } from './point-charge.js';

export type RecordChargeApproval = {
  readonly paymentKey: PaymentKey;
  readonly method: string | null;
  readonly receiptUrl: string | null;
  readonly now: Instant;
};
export type RecordChargeDecline = { readonly code: string; readonly now: Instant };

/** The provider charged the order's amount, which the caller has compared. Told after a decline it is still the truth. */
export const recordChargeApproval =
  ({ now, ...charged }: RecordChargeApproval) =>
  (s: PointCharge): Decision<PointChargeEvent, 'NotRequested'> => {
    if (s.status === 'approved') return { accepted: [] };
    if (s.status !== 'requested' && s.status !== 'declined') return { refused: 'NotRequested' };
    return { accepted: [{ type: 'PointChargeApproved', data: { ...s.order, ...charged, approvedAt: now } }] };
  };

/** The provider said, once and for all, that it will not charge. */
export const recordChargeDecline =
  ({ code, now }: RecordChargeDecline) =>
  (s: PointCharge): Decision<PointChargeEvent, 'NotRequested'> => {
    if (s.status === 'declined') return { accepted: [] };
    if (s.status !== 'requested') return { refused: 'NotRequested' };
    const { orderId, userId } = s.order;
    return { accepted: [{ type: 'PointChargeDeclined', data: { orderId, userId, code, declinedAt: now } }] };
  };
