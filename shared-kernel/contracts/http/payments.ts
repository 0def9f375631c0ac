import { z } from 'zod';
import { OrderId, PaymentKey, ReservationId } from '../ids.js';
import { Instant } from '../time.js';

/** `pointAmount` of the reservation's total is paid with points; the rest, 0 or at least 100 won, with the provider. */
export const PrepareRequest = z.strictObject({ reservationId: ReservationId, pointAmount: z.int().nonnegative().default(0) });

export type PrepareRequest = z.infer<typeof PrepareRequest>;

/** `checkoutUrl` is given only where the provider is the simulator: its page stands in for the browser SDK. */
export const Prepared = z.object({
  orderId: OrderId,
  clientKey: z.string(),
  /** What the provider is asked to charge: the total less the points. 0: confirm at once, without a checkout. */
  amount: z.int(),
  pointAmount: z.int(),
  totalAmount: z.int(),
  orderName: z.string(),
  checkoutUrl: z.string().optional(),
});
export type Prepared = z.infer<typeof Prepared>;

/** Goes into events for good, so only what every reader of them can keep: no control characters, no lone surrogates. */
const GivenPaymentKey = z
  .string()
  .regex(/^[\x20-\x7e]{1,200}$/)
  .pipe(PaymentKey);

/** `amount` is that of `Prepared`. Only an order paid with points alone has no payment key. */
export const ConfirmRequest = z.strictObject({
  paymentKey: GivenPaymentKey.optional(),
  orderId: OrderId,
  amount: z.int().nonnegative(),
});
export type ConfirmRequest = z.infer<typeof ConfirmRequest>;

/** `reservationId` is null where the order bought points. */
export const Confirmed = z.object({
  status: z.literal('confirmed'),
  reservationId: ReservationId.nullable(),
  orderId: OrderId,
  position: z.string(),
});
export const Delayed = z.object({
  status: z.literal('payment_delayed'),
  reservationId: ReservationId.nullable(),
  statusUrl: z.string(),
});
/** A virtual account was issued: the reservation waits for the transfer until `dueBy`. */
export const AwaitingDeposit = z.object({
  status: z.literal('awaiting_deposit'),
  reservationId: ReservationId,
  orderId: OrderId,
  bankCode: z.string().nullable(),
  accountNumber: z.string().nullable(),
  dueBy: Instant,
});
export type AwaitingDeposit = z.infer<typeof AwaitingDeposit>;

export const PaymentView = z.object({
  orderId: OrderId,
  reservationId: ReservationId.nullable(),
  status: z.enum(['pending', 'confirmed', 'failed', 'cancelled', 'refunded']),
  amount: z.int(),
  refundAmount: z.int(),
  cardAmount: z.int(),
  pointAmount: z.int(),
  method: z.string().nullable(),
  receiptUrl: z.string().nullable(),
  failureCode: z.string().nullable(),
});
export type PaymentView = z.infer<typeof PaymentView>;

/** `GET /api/payments/user/me`. `reservationId` is null where the order bought points. */
export const PaymentListItem = PaymentView.extend({
  kind: z.enum(['booking', 'points']),
  createdAt: Instant,
  approvedAt: Instant.nullable(),
});
export type PaymentListItem = z.infer<typeof PaymentListItem>;
export const PaymentList = z.object({ items: z.array(PaymentListItem), nextCursor: z.string().nullable() });
export type PaymentList = z.infer<typeof PaymentList>;

/** `POST /api/payments/:paymentKey/cancel`. A buyer gives the whole booking up by the show's refund policy; an admin may give back any part. */
export const CancelPaymentRequest = z.strictObject({
  cancelReason: z.string().trim().min(1).max(200),
  /** Won; staff only. Absent: the whole booking. */
  cancelAmount: z.int().min(1).optional(),
  /** Needed to give a paid virtual account back. Kept encrypted, never in an event. */
  refundReceiveAccount: z
    .strictObject({
      bank: z.string().min(1).max(20),
      accountNumber: z.string().regex(/^\d{1,20}$/),
      holderName: z.string().min(1).max(60),
    })
    .optional(),
});
export type CancelPaymentRequest = z.infer<typeof CancelPaymentRequest>;

/** `POST /api/points/charge`: 1,000 to 1,000,000 won at a time; the order it answers with is settled by `POST /api/payments/confirm`. */
export const ChargePointsRequest = z.strictObject({ amount: z.int().min(1000).max(1_000_000) });

export const PointsBalance = z.object({ balance: z.int(), held: z.int() });
export type PointsBalance = z.infer<typeof PointsBalance>;

/** `amount` is signed: CHARGE and REFUND add, USE takes. */
export const PointsHistory = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      type: z.enum(['CHARGE', 'USE', 'REFUND']),
      amount: z.int(),
      orderId: OrderId,
      at: Instant,
    }),
  ),
  nextCursor: z.string().nullable(),
});
export type PointsHistory = z.infer<typeof PointsHistory>;
