import { z } from 'zod';
import type { ProviderPayment } from '../provider.js';

const text = z.string().nullable().catch(null);

/** Read leniently: fields may appear without notice, and what is not needed to judge a charge may be odd without harm. */
const PaymentBody = z.object({
  paymentKey: z.string(),
  orderId: z.string(),
  status: z.string(),
  totalAmount: z.number(),
  balanceAmount: z.number(),
  method: text,
  approvedAt: text,
  lastTransactionKey: text,
  receipt: z.object({ url: text }).nullable().catch(null),
  cancels: z
    .array(z.object({ transactionKey: z.string(), cancelAmount: z.number() }))
    .nullable()
    .catch(null),
});

const ErrorBody = z.object({ code: z.string().min(1).max(100), message: z.string().catch('') });

export type TossCancel = { transactionKey: string; cancelAmount: number };

/** One exchange with the provider, read. `lost`: no answer, or none that says anything. */
export type TossAnswer =
  | { kind: 'payment'; status: number; payment: ProviderPayment; lastCancel: TossCancel | undefined }
  | { kind: 'error'; status: number; code: string; message: string }
  | { kind: 'lost'; status: number | null; cause: string; unreadable: boolean };

/** Reads an HTTP answer whose body should be JSON. */
export function readAnswer(status: number, body: string): TossAnswer {
  const json = parsed(body);
  if (status >= 200 && status < 300) {
    const payment = PaymentBody.safeParse(json);
    if (!payment.success) return { kind: 'lost', status, cause: `unreadable answer with status ${status}`, unreadable: true };
    const { receipt, cancels, ...rest } = payment.data;
    return { kind: 'payment', status, payment: { ...rest, receiptUrl: receipt?.url ?? null }, lastCancel: cancels?.at(-1) };
  }
  const error = ErrorBody.safeParse(json);
  if (error.success) return { kind: 'error', status, ...error.data };
  return { kind: 'lost', status, cause: `HTTP ${status} without an error code`, unreadable: status < 500 };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
