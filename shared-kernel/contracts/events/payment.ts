import { z } from 'zod';
import { OrderId, PaymentKey, PerformanceId, RefundId, ReservationId, UserId } from '../ids.js';
import { Won } from '../money.js';
import { Instant } from '../time.js';
import { defineEvent, type EventOf } from './definition.js';
import { withoutPoints } from './reservation.js';

const ofOrder = { orderId: OrderId, reservationId: ReservationId };

/** Version 1 gave back the whole card charge of a reservation that never came to be, once. */
const refundFrom1 = (old: unknown): object => {
  const { amount, ...rest } = old as { readonly amount: number };
  return { ...rest, refundId: 'closed', cardAmount: amount, pointAmount: 0 };
};

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
  /** A virtual account waits for the buyer's transfer. Its number and secret stay out of the store. */
  VirtualAccountIssued: defineEvent(1, z.object({ ...ofOrder, paymentKey: PaymentKey, dueBy: Instant, issuedAt: Instant })),
  /** `paymentKey` is null where points paid all of it and no provider was asked. */
  PaymentApproved: defineEvent(
    2,
    z.object({
      ...ofOrder,
      paymentKey: PaymentKey.nullable(),
      cardAmount: Won,
      pointAmount: Won,
      method: z.string().nullable(),
      receiptUrl: z.string().nullable(),
      approvedAt: Instant,
    }),
    { 1: withoutPoints },
  ),
  PaymentDeclined: defineEvent(2, z.object({ ...ofOrder, pointAmount: Won, code: z.string().max(100), declinedAt: Instant }), {
    1: withoutPoints,
  }),
  PaymentAbandoned: defineEvent(2, z.object({ ...ofOrder, pointAmount: Won, abandonedAt: Instant }), { 1: withoutPoints }),
  /** The intent to give some or all of an order back; card and point parts are apart. */
  PaymentRefundRequested: defineEvent(
    2,
    z.object({
      ...ofOrder,
      refundId: RefundId,
      cardAmount: Won,
      pointAmount: Won,
      reason: z.enum(['reservation_closed', 'reservation_cancelled', 'show_cancelled', 'goodwill', 'outside']),
      providerKey: z.string().min(1).max(300),
      requestedAt: Instant,
    }),
    { 1: refundFrom1 },
  ),
  PaymentRefunded: defineEvent(
    2,
    z.object({
      ...ofOrder,
      refundId: RefundId,
      cardAmount: Won,
      pointAmount: Won,
      transactionKey: z.string().max(200).nullable(),
      refundedAt: Instant,
    }),
    { 1: refundFrom1 },
  ),
  /** The bank took a deposit back after it had been told (Toss: DONE → WAITING_FOR_DEPOSIT): a person has to look. */
  DepositReversed: defineEvent(1, z.object({ ...ofOrder, reversedAt: Instant })),
};

export type PaymentEvent = EventOf<typeof paymentEvents>;
