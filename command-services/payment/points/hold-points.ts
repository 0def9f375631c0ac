import type { PointsEvent } from '@tiketi/shared-kernel/contracts/events/points.js';
import type { OrderId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Won } from '@tiketi/shared-kernel/contracts/money.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import type { Points } from './points.js';

export type HoldPoints = { readonly orderId: OrderId; readonly userId: UserId; readonly amount: Won; readonly now: Instant };

export type HoldPointsRefusal = 'InsufficientPoints' | 'OrderClosed' | 'OrderMismatch';

/** Sets points aside for an order. One that was voided never holds again, however late its hold comes. */
export const holdPoints =
  ({ orderId, userId, amount, now }: HoldPoints) =>
  (s: Points): Decision<PointsEvent, HoldPointsRefusal> => {
    const order = s.orders.get(orderId);
    switch (order?.status) {
      case undefined:
        if (amount > s.available) return { refused: 'InsufficientPoints' };
        return amount === 0
          ? { accepted: [] }
          : { accepted: [{ type: 'PointsHeld', data: { userId, orderId, amount, heldAt: now } }] };
      case 'voided':
        return { refused: 'OrderClosed' };
      case 'charged':
        return { refused: 'OrderMismatch' };
      case 'held':
      case 'captured':
        return order?.amount === amount ? { accepted: [] } : { refused: 'OrderMismatch' };
    }
  };
