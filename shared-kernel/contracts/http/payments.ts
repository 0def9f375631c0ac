import { z } from 'zod';
import { OrderId, PaymentKey, ReservationId } from '../ids.js';

export const PrepareRequest = z.strictObject({ reservationId: ReservationId });

/** `checkoutUrl` is given only where the provider is the simulator: its page stands in for the browser SDK. */
export const Prepared = z.object({
  orderId: OrderId,
  clientKey: z.string(),
  amount: z.int(),
  orderName: z.string(),
  checkoutUrl: z.string().optional(),
});
export type Prepared = z.infer<typeof Prepared>;

export const ConfirmRequest = z.strictObject({ paymentKey: PaymentKey, orderId: OrderId, amount: z.int().nonnegative() });
export type ConfirmRequest = z.infer<typeof ConfirmRequest>;

export const Confirmed = z.object({
  status: z.literal('confirmed'),
  reservationId: ReservationId,
  orderId: OrderId,
  position: z.string(),
});
export const Delayed = z.object({ status: z.literal('payment_delayed'), reservationId: ReservationId, statusUrl: z.string() });

export const PaymentView = z.object({
  orderId: OrderId,
  reservationId: ReservationId,
  status: z.enum(['pending', 'confirmed', 'failed', 'cancelled', 'refunded']),
  amount: z.int(),
  cardAmount: z.int(),
  pointAmount: z.int(),
  method: z.string().nullable(),
  receiptUrl: z.string().nullable(),
  failureCode: z.string().nullable(),
});
export type PaymentView = z.infer<typeof PaymentView>;
