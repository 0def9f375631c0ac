import type { PointsEvent } from '@tiketi/shared-kernel/contracts/events/points.js';
import type { OrderId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import type { Points } from './points.js';

export type VoidHold = { readonly orderId: OrderId; readonly userId: UserId; readonly now: Instant };

export type VoidHoldRefusal = 'AlreadyCaptured' | 'OrderMismatch';

const NOTHING = Won.parse(0);

/** Frees what an order held, if anything, and closes the order to a hold that is still on its way. */
export const voidHold =
  ({ orderId, userId, now }: VoidHold) =>
  (s: Points): Decision<PointsEvent, VoidHoldRefusal> => {
    const order = s.orders.get(orderId);
    if (order?.status === 'voided') return { accepted: [] };
    if (order?.status === 'captured') return { refused: 'AlreadyCaptured' };
    if (order?.status === 'charged') return { refused: 'OrderMismatch' };
    const amount = order?.amount ?? NOTHING;
    return { accepted: [{ type: 'PointsHoldVoided', data: { userId, orderId, amount, voidedAt: now } }] };
  };
