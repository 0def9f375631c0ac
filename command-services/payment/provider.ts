import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';

/** Money given back, as the provider keeps it (won). */
export type ProviderCancel = { transactionKey: string; amount: number; at: Instant | null };

/** An account opened for one order: the buyer transfers the money to it by `dueBy`. */
export type ProviderAccount = { accountNumber: string; bankCode: string | null; dueBy: Instant | null };

/** A payment as the provider keeps it. Amounts in won; `status` in the provider's own words; `approvedAt` ISO 8601 with an offset. */
export type ProviderPayment = {
  paymentKey: string;
  orderId: string;
  status: string;
  totalAmount: number;
  /** ISO 4217; absent means won. */
  currency?: string | null;
  /** What has not been refunded; 0 is the only sign of a full refund. */
  balanceAmount: number;
  method: string | null;
  /** False where only all of it can be given back (Toss: `isPartialCancelable`). */
  isPartialCancelable?: boolean;
  approvedAt: string | null;
  receiptUrl: string | null;
  lastTransactionKey: string | null;
  /** What a webhook about this payment must know (Toss: `secret`). Never to be logged. */
  secret: string | null;
  virtualAccount: ProviderAccount | null;
  /** Oldest first. */
  cancels: readonly ProviderCancel[];
};

/** Whether its amounts are won: the same number of anything else pays for nothing here. */
export const isInWon = ({ currency = null }: Pick<ProviderPayment, 'currency'>): boolean =>
  currency === null || currency === 'KRW';

/**
 * It ended without anybody having paid. What the balance of such a payment is the provider does not document, so it is not asked about.
 */
export const endedUnpaid = ({ status, approvedAt }: Pick<ProviderPayment, 'status' | 'approvedAt'>): boolean =>
  approvedAt === null && (status === 'CANCELED' || status === 'EXPIRED' || status === 'ABORTED');

/** A virtual account as a confirmation issues it: always with a due date. */
export type IssuedAccount = ProviderAccount & { dueBy: Instant };

/**
 * Nobody knows yet: ask by order id before anything else. `keySpent` means this idempotency key will only ever repeat the same
 * refusal, so another try needs a new one; without it another try must use the same key.
 */
export type UnknownAnswer = { kind: 'unknown'; cause: string; keySpent?: true };

export type ConfirmAnswer =
  | { kind: 'approved'; payment: ProviderPayment }
  /** A virtual account was issued: nothing is charged until the buyer's transfer arrives. */
  | { kind: 'waiting'; payment: ProviderPayment; account: IssuedAccount; secret: string | null }
  /** Definite: this attempt was not and will never be charged. */
  | { kind: 'declined'; code: string; message: string }
  | UnknownAnswer;

export type LookupAnswer =
  | { kind: 'found'; payment: ProviderPayment }
  | { kind: 'notFound' }
  | { kind: 'unknown'; cause: string };

export type CancelAnswer =
  /** `transactionKey` is null only where a virtual account nobody had paid into was closed. */
  | { kind: 'cancelled'; payment: ProviderPayment; transactionKey: string | null }
  | { kind: 'refused'; code: string; message: string }
  | UnknownAnswer;

/** Where the money of a paid virtual account goes back to. Never to be logged. */
export type RefundAccount = { bank: string; accountNumber: string; holderName: string };

/**
 * `refundableAmount` is what the caller believes is left (won); without `amount` all of it is refunded. A virtual account that was paid
 * needs `refundReceiveAccount`; one that was not can only be cancelled whole.
 */
export type CancelCall = {
  paymentKey: string;
  reason: string;
  amount?: number;
  refundableAmount: number;
  refundReceiveAccount?: RefundAccount;
  idempotencyKey: string;
};
export type ConfirmCall = { paymentKey: string; orderId: string; amount: number; idempotencyKey: string };

/**
 * One approval or one cancel in the provider's books. `amount` (won) is that of the step, its sign taken off; the payment itself is the
 * truth where the two disagree.
 */
export type ProviderTransaction = {
  transactionKey: string;
  paymentKey: string;
  orderId: string;
  status: string;
  amount: number;
  at: Instant | null;
};

/** A period of the provider's books; both ends belong to it. */
export type TransactionPeriod = { from: Instant; to: Instant };

/** The provider's books could not be read to the end; what was read so far proves nothing of what is missing. */
export class ProviderUnreadableError extends Error {
  override readonly name = 'ProviderUnreadableError';
}

/** The payment provider. No call throws; each may take up to a minute. The same idempotency key never charges or refunds twice. */
export type PaymentProvider = {
  confirm(request: ConfirmCall): Promise<ConfirmAnswer>;
  lookupByOrder(orderId: string): Promise<LookupAnswer>;
  cancel(request: CancelCall): Promise<CancelAnswer>;
  /** False while the provider is taken to be down: start nothing new. */
  available(): boolean;
};

/** The provider's side of the accounts, for whoever compares it with ours. */
export type ProviderBooks = {
  lookupByKey(paymentKey: string): Promise<LookupAnswer>;
  /** Oldest first. Throws ProviderUnreadableError from the iteration. */
  transactions(period: TransactionPeriod): AsyncIterable<ProviderTransaction>;
};

/** One call as the payment log keeps it: no payment key, no secret. `status` is null when no answer came. */
export type ProviderCall = {
  provider: string;
  operation: 'confirm' | 'lookup' | 'cancel' | 'transactions';
  /** Method and path template. */
  endpoint: string;
  request: Readonly<Record<string, string | number | null>>;
  response: Readonly<Record<string, string | number | null>> | null;
  status: number | null;
  errorCode: string | null;
  error: string | null;
  durationMs: number;
};

/** Something an operator has to look at; no buyer can repair it. */
export type ProviderAlarm = {
  reason: 'configuration' | 'mismatch' | 'unlistedCode' | 'unreadable';
  operation: ProviderCall['operation'];
  orderId: string | null;
  detail: string;
};
