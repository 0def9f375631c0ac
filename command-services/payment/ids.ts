import { createHash } from 'node:crypto';
import { OrderId, type PaymentKey, RefundId, type ReservationId } from '@tiketi/shared-kernel/contracts/ids.js';
import { v5 as uuidv5 } from 'uuid';

/** Names the derivation below; changing it would give old requests new orders. */
const ORDERS = '7c3f0f0a-5b0e-4f43-8a0f-2f1f4b0f7d21';

/** The same request to pay the same reservation always means the same order. */
export const orderIdOf = (reservationId: ReservationId, idempotencyKey: string): OrderId =>
  OrderId.parse(`ord_${uuidv5(`${reservationId}:${idempotencyKey}`, ORDERS).replaceAll('-', '')}`);

/** The provider tells repeats by this alone, not by the body, so it names the order and what is done (Toss: at most 300 characters). */
export const providerKeyOf = (action: 'confirm' | 'refund' | 'close', orderId: OrderId, paymentKey: PaymentKey): string =>
  createHash('sha256').update(`${action}:${orderId}:${paymentKey}`).digest('hex');

/** Each giving back of an order has a key of its own. */
export const refundKeyOf = (orderId: OrderId, paymentKey: PaymentKey, refundId: RefundId): string =>
  createHash('sha256').update(`refund:${orderId}:${paymentKey}:${refundId}`).digest('hex');

/** The same request to give some of an order back always means the same refund. */
export const goodwillIdOf = (idempotencyKey: string): RefundId =>
  RefundId.parse(`goodwill-${createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 32)}`);

/** A key whose 4xx the provider would only replay is spent; the next of the same action follows from it. */
export const keyAfter = (key: string, spent: number): string => (spent === 0 ? key : `${key}-${spent + 1}`);
