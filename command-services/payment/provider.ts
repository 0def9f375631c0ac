/** A payment as the provider keeps it. Amounts in won; `status` in the provider's own words; `approvedAt` ISO 8601 with an offset. */
export type ProviderPayment = {
  paymentKey: string;
  orderId: string;
  status: string;
  totalAmount: number;
  /** What has not been refunded; 0 is the only sign of a full refund. */
  balanceAmount: number;
  method: string | null;
  approvedAt: string | null;
  receiptUrl: string | null;
  lastTransactionKey: string | null;
};

/**
 * Nobody knows yet: ask by order id before anything else. `keySpent` means this idempotency key will only ever repeat the same
 * refusal, so another try needs a new one; without it another try must use the same key.
 */
export type UnknownAnswer = { kind: 'unknown'; cause: string; keySpent?: true };

export type ConfirmAnswer =
  | { kind: 'approved'; payment: ProviderPayment }
  /** Definite: this attempt was not and will never be charged. */
  | { kind: 'declined'; code: string; message: string }
  | UnknownAnswer;

export type LookupAnswer =
  | { kind: 'found'; payment: ProviderPayment }
  | { kind: 'notFound' }
  | { kind: 'unknown'; cause: string };

export type CancelAnswer =
  | { kind: 'cancelled'; payment: ProviderPayment; transactionKey: string }
  | { kind: 'refused'; code: string; message: string }
  | UnknownAnswer;

/** `refundableAmount` is what the caller believes is left (won); without `amount` all of it is refunded. */
export type CancelCall = {
  paymentKey: string;
  reason: string;
  amount?: number;
  refundableAmount: number;
  idempotencyKey: string;
};
export type ConfirmCall = { paymentKey: string; orderId: string; amount: number; idempotencyKey: string };

/** The payment provider. No call throws; each may take up to a minute. The same idempotency key never charges or refunds twice. */
export type PaymentProvider = {
  confirm(request: ConfirmCall): Promise<ConfirmAnswer>;
  lookupByOrder(orderId: string): Promise<LookupAnswer>;
  cancel(request: CancelCall): Promise<CancelAnswer>;
  /** False while the provider is taken to be down: start nothing new. */
  available(): boolean;
};

/** One call as the payment log keeps it: no payment key, no secret. `status` is null when no answer came. */
export type ProviderCall = {
  provider: string;
  operation: 'confirm' | 'lookup' | 'cancel';
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
