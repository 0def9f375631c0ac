import { randomUUID } from 'node:crypto';
import type { Delivery } from './change.js';
import { koreanStamp } from './korean-time.js';
import { cancelsOf, isConfirmed, type Payment } from './payment.js';
import { paymentObject } from './payment-object.js';
import type { View } from './view.js';

export const WEBHOOK_EVENTS = ['PAYMENT_STATUS_CHANGED', 'DEPOSIT_CALLBACK'] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

const NOTIFIED: ReadonlySet<string> = new Set(['DONE', 'ABORTED', 'EXPIRED', 'CANCELED', 'PARTIAL_CANCELED']);

/**
 * The notices a change of a payment owes the merchant, for the kinds registered. Giving a virtual account out owes none; a
 * deposit the bank took back is told by DEPOSIT_CALLBACK only.
 */
export function noticesOf(
  before: Payment | undefined,
  after: Payment,
  view: View,
  registered: readonly WebhookEvent[],
): Delivery[] {
  const news = before?.status !== after.status || (before !== undefined && cancelsOf(before).length !== cancelsOf(after).length);
  if (!news) return [];
  const reversed = after.status === 'WAITING_FOR_DEPOSIT' && before?.status === 'DONE';
  const bodies: unknown[] = [];
  if (registered.includes('PAYMENT_STATUS_CHANGED') && NOTIFIED.has(after.status)) bodies.push(statusChanged(after, view));
  if (
    registered.includes('DEPOSIT_CALLBACK') &&
    isConfirmed(after) &&
    after.account !== null &&
    (reversed || NOTIFIED.has(after.status))
  )
    bodies.push(depositCallback(after, view.now));
  return bodies.map((body) => ({ id: randomUUID(), body: JSON.stringify(body), retried: 0, dueAt: view.now }));
}

export const statusChanged = (payment: Payment, view: View) => ({
  eventType: 'PAYMENT_STATUS_CHANGED',
  createdAt: koreanStamp(view.now),
  data: paymentObject(payment, view),
});

/** Flat: no event type and no payment key. */
export const depositCallback = (payment: Payment, now: number) => ({
  createdAt: koreanStamp(now),
  secret: payment.secret,
  status: payment.status,
  transactionKey: isConfirmed(payment) ? (cancelsOf(payment).at(-1)?.transactionKey ?? payment.transactionKey) : null,
  orderId: payment.orderId,
});
