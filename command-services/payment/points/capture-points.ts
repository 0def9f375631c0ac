import type { PointsEvent } from '@tiketi/shared-kernel/contracts/events/points.js';
import type { OrderId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import type { Points } from './points.js';

export type CapturePoints = { readonly orderId: OrderId; readonly userId: UserId; readonly now: Instant };

/** Held points are spent. That nothing was held is a fault of the caller's: somebody has a ticket for points nobody gave. */
export const capturePoints =
  ({ orderId, userId, now }: CapturePoints) =>
  (s: Points): Decision<PointsEvent, 'NothingHeld'> => {
    const order = s.orders.get(orderId);
    if (order?.status === 'captured') return { accepted: [] };
    if (order?.status !== 'held') return { refused: 'NothingHeld' };
    return { accepted: [{ type: 'PointsCaptured', data: { userId, orderId, amount: order.amount, capturedAt: now } }] };
  };
