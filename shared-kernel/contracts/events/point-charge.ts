import { z } from 'zod';
import { OrderId, PaymentKey, UserId } from '../ids.js';
import { Won } from '../money.js';
import { Instant } from '../time.js';
import { defineEvent, type EventOf } from './definition.js';

const ofCharge = { orderId: OrderId, userId: UserId };

/** Buying points with money: an order with the provider of its own kind, in the stream `payment-{orderId}`. */
export const pointChargeEvents = {
  PointChargePrepared: defineEvent(1, z.object({ ...ofCharge, amount: Won, preparedAt: Instant })),
  /** The intent, appended before the provider is asked; `providerKey` is the idempotency key of that call. */
  PointChargeRequested: defineEvent(
    1,
    z.object({ ...ofCharge, paymentKey: PaymentKey, providerKey: z.string().min(1).max(300), requestedAt: Instant }),
  ),
  PointChargeApproved: defineEvent(
    1,
    z.object({
      ...ofCharge,
      paymentKey: PaymentKey,
      amount: Won,
      method: z.string().nullable(),
      receiptUrl: z.string().nullable(),
      approvedAt: Instant,
    }),
  ),
  PointChargeDeclined: defineEvent(1, z.object({ ...ofCharge, code: z.string().max(100), declinedAt: Instant })),
};
export type PointChargeEvent = EventOf<typeof pointChargeEvents>;
