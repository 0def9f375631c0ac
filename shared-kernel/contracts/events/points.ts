import { z } from 'zod';
import { OrderId, RefundId, UserId } from '../ids.js';
import { Won } from '../money.js';
import { Instant } from '../time.js';
import { defineEvent, type EventOf } from './definition.js';

const ofOrder = { userId: UserId, orderId: OrderId };

/** One point is one won. The stream `points-{userId}` decides; the balance is never negative at any of its prefixes. */
export const pointsEvents = {
  /** Bought with money: the order is that of the charge. */
  PointsCharged: defineEvent(1, z.object({ ...ofOrder, amount: Won, chargedAt: Instant })),
  PointsHeld: defineEvent(1, z.object({ ...ofOrder, amount: Won, heldAt: Instant })),
  /** The held points paid for a confirmed reservation. */
  PointsCaptured: defineEvent(1, z.object({ ...ofOrder, amount: Won, capturedAt: Instant })),
  /** The order ended without payment. `amount` is 0 where it held nothing: it may not hold any more either. */
  PointsHoldVoided: defineEvent(1, z.object({ ...ofOrder, amount: Won, voidedAt: Instant })),
  /** Captured points given back; all of an order's refunds together never exceed what it captured. */
  PointsRefunded: defineEvent(1, z.object({ ...ofOrder, refundId: RefundId, amount: Won, refundedAt: Instant })),
};
export type PointsEvent = EventOf<typeof pointsEvents>;
