import { z } from 'zod';
import { OrderId, PaymentKey, PerformanceId, ReservationId, UserId } from '../ids.js';
import { Won } from '../money.js';
import { Instant } from '../time.js';
import { defineEvent, type EventOf } from './definition.js';

const ofOrder = { orderId: OrderId, reservationId: ReservationId };

export const paymentEvents = {
  PaymentPrepared: defineEvent(
    1,
    z.object({
      ...ofOrder,
      userId: UserId,
      performanceId: PerformanceId,
      /** The reservation's total; card and point parts add up to it. */
      amount: Won,
      cardAmount: Won,
      pointAmount: Won,
      orderName: z.string().min(1).max(100),
      preparedAt: Instant,
    }),
  ),
  /** The intent, appended before the provider is asked; `providerKey` is the idempotency key of that call. */
  PaymentConfirmRequested: defineEvent(
    1,
    z.object({ ...ofOrder, paymentKey: PaymentKey, providerKey: z.string().min(1).max(300), requestedAt: Instant }),
  ),
  PaymentApproved: defineEvent(
    1,
    z.object({
      ...ofOrder,
      paymentKey: PaymentKey,
      cardAmount: Won,
      method: z.string().nullable(),
      receiptUrl: z.string().nullable(),
      approvedAt: Instant,
    }),
  ),
  PaymentDeclined: defineEvent(1, z.object({ ...ofOrder, code: z.string().max(100), declinedAt: Instant })),
  PaymentAbandoned: defineEvent(1, z.object({ ...ofOrder, abandonedAt: Instant })),
  /** Always in full in this version: the reservation did not come to be, so nothing of the charge may stay. */
  PaymentRefundRequested: defineEvent(
    1,
    z.object({
      ...ofOrder,
      amount: Won,
      reason: z.enum(['reservation_closed']),
      providerKey: z.string().min(1).max(300),
      requestedAt: Instant,
    }),
  ),
  PaymentRefunded: defineEvent(
    1,
    z.object({ ...ofOrder, amount: Won, transactionKey: z.string().max(200).nullable(), refundedAt: Instant }),
  ),
};
export type PaymentEvent = EventOf<typeof paymentEvents>;
