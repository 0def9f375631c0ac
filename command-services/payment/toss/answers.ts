import { type Instant, instantOf } from '@tiketi/shared-kernel/contracts/time.js';
import { z } from 'zod';
import type { ProviderPayment, ProviderTransaction } from '../provider.js';

const text = z.string().nullable().catch(null);

/** The provider writes Korean time, mostly with its offset; one without it is read as Korean all the same. */
const instant = z
  .string()
  .transform((written): Instant | null => {
    const at = Date.parse(/(Z|[+-]\d{2}:?\d{2})$/i.test(written) ? written : `${written}+09:00`);
    return Number.isNaN(at) ? null : instantOf(at);
  })
  .nullable()
  .catch(null);

/** Read leniently: fields may appear without notice, and what is not needed to judge a charge may be odd without harm. */
const PaymentBody = z.object({
  paymentKey: z.string(),
  orderId: z.string(),
  status: z.string(),
  totalAmount: z.number(),
  currency: text,
  balanceAmount: z.number(),
  method: text,
  isPartialCancelable: z.boolean().catch(true),
  approvedAt: text,
  lastTransactionKey: text,
  secret: text,
  receipt: z.object({ url: text }).nullable().catch(null),
  virtualAccount: z.object({ accountNumber: z.string(), bankCode: text, dueDate: instant }).nullable().catch(null),
  cancels: z
    .array(z.object({ transactionKey: z.string(), cancelAmount: z.number(), canceledAt: instant }))
    .nullable()
    .catch(null),
});

const TransactionBody = z.object({
  transactionKey: z.string(),
  paymentKey: z.string(),
  orderId: z.string(),
  status: z.string(),
  amount: z.number(),
  transactionAt: instant,
});

const ErrorBody = z.object({ code: z.string().min(1).max(100), message: z.string().catch('') });

export type PaymentAnswer = { kind: 'payment'; status: number; payment: ProviderPayment };
export type PageAnswer = { kind: 'page'; status: number; lines: readonly ProviderTransaction[] };
export type ErrorAnswer = { kind: 'error'; status: number; code: string; message: string };
export type LostAnswer = { kind: 'lost'; status: number | null; cause: string; unreadable: boolean };

/** One exchange with the provider, read. `lost`: no answer, or none that says anything. */
export type TossAnswer = PaymentAnswer | PageAnswer | ErrorAnswer | LostAnswer;

/** Reads the JSON of a success; undefined where it is not what was asked for. */
export type Reader<T> = (json: unknown, status: number) => T | undefined;

export const readPayment: Reader<PaymentAnswer> = (json, status) => {
  const parsed = PaymentBody.safeParse(json);
  if (!parsed.success) return undefined;
  const { receipt, virtualAccount, cancels, ...rest } = parsed.data;
  const payment: ProviderPayment = {
    ...rest,
    receiptUrl: receipt?.url ?? null,
    virtualAccount:
      virtualAccount === null
        ? null
        : { accountNumber: virtualAccount.accountNumber, bankCode: virtualAccount.bankCode, dueBy: virtualAccount.dueDate },
    cancels: (cancels ?? []).map(({ transactionKey, cancelAmount, canceledAt }) => ({
      transactionKey,
      amount: cancelAmount,
      at: canceledAt,
    })),
  };
  return { kind: 'payment', status, payment };
};

export const readTransactions: Reader<PageAnswer> = (json, status) => {
  const parsed = z.array(TransactionBody).safeParse(json);
  if (!parsed.success) return undefined;
  const lines = parsed.data.map(({ transactionAt, amount, ...rest }) => ({
    ...rest,
    amount: Math.abs(amount),
    at: transactionAt,
  }));
  return { kind: 'page', status, lines };
};

/** Reads an HTTP answer whose body should be JSON. */
export function readAnswer<T>(status: number, body: string, reader: Reader<T>): T | ErrorAnswer | LostAnswer {
  const json = parsed(body);
  if (status >= 200 && status < 300) {
    return reader(json, status) ?? { kind: 'lost', status, cause: `unreadable answer with status ${status}`, unreadable: true };
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
