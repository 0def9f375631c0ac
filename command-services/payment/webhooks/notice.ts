import { OrderId } from '@tiketi/shared-kernel/contracts/ids.js';
import { z } from 'zod';

/** What a webhook claims about a payment, in the provider's words. Nothing of it is believed before it was checked. */
export type Notice = {
  readonly eventType: 'PAYMENT_STATUS_CHANGED' | 'DEPOSIT_CALLBACK';
  readonly orderId: OrderId;
  readonly status: string;
  readonly secret: string | null;
  /** A deposit callback names neither. */
  readonly paymentKey: string | null;
  readonly amount: number | null;
};

/** Printable, so that any database keeps it. */
const word = z.string().regex(/^[\x20-\x7e]{1,200}$/);
const secret = z
  .string()
  .max(200)
  .nullish()
  .transform((text) => text ?? null);

const StatusChanged = z.object({
  eventType: z.literal('PAYMENT_STATUS_CHANGED'),
  data: z.object({ orderId: OrderId, paymentKey: word, status: word, totalAmount: z.number(), secret }),
});

/** Flat, and without an event type (Toss webhook events). */
const DepositCallback = z.object({ eventType: z.undefined().optional(), orderId: OrderId, status: word, secret });

const Other = z.object({ eventType: word });

/** Reads the body of a webhook; undefined where it is none of the provider's shapes. */
export const readNotice = (body: unknown): Notice | { readonly ignored: string } | undefined => {
  const changed = StatusChanged.safeParse(body);
  if (changed.success) {
    const { totalAmount: amount, ...data } = changed.data.data;
    return { eventType: 'PAYMENT_STATUS_CHANGED', amount, ...data };
  }
  const deposit = DepositCallback.safeParse(body);
  if (deposit.success) {
    const { orderId, status } = deposit.data;
    return { eventType: 'DEPOSIT_CALLBACK', orderId, status, secret: deposit.data.secret, paymentKey: null, amount: null };
  }
  const other = Other.safeParse(body);
  if (!other.success || other.data.eventType === 'PAYMENT_STATUS_CHANGED') return undefined;
  return { ignored: other.data.eventType.slice(0, 100) };
};
