import type { Due, Means } from './payment-means.js';
import type { Settings } from './settings.js';

export type CancelRecord = {
  transactionKey: string;
  amount: number;
  reason: string;
  /** What was left to refund after this cancel, in won. */
  refundableAmount: number;
  /** Epoch milliseconds, like every instant in this file. */
  canceledAt: number;
};

export type RefundAccount = { bankCode: string; accountNumber: string; holderName: string };

export type VirtualAccount = {
  accountNumber: string;
  bankCode: string;
  customerName: string;
  /** The last instant a deposit is taken at. */
  dueAt: number;
  /** Where the last refund goes. */
  refundTo: RefundAccount | null;
};

/** What the merchant set when opening the window: one method or any, and how long a virtual account from it is open. */
type Window = { method: Means['method'] | null; due: Due; customerName: string | null };

type Opened = {
  paymentKey: string;
  orderId: string;
  orderName: string;
  /** What the buyer was asked for, in won; never changes. */
  totalAmount: number;
  requestedAt: number;
  secret: string;
  successUrl: string | null;
  failUrl: string | null;
  /** The merchant's own notes, given back as they came. */
  metadata: Readonly<Record<string, string>> | null;
  cultureExpense: boolean;
  window: Window;
};

type Authenticated = { means: Means; authenticatedAt: number };
type Confirmed = Opened & Authenticated & { transactionKey: string; account: VirtualAccount | null };

export type InProgress = Opened & Authenticated & { status: 'IN_PROGRESS'; attempts: number };

/** The money is, or was, with the merchant. */
export type Paid = Confirmed & {
  status: 'DONE' | 'CANCELED' | 'PARTIAL_CANCELED';
  approvedAt: number;
  approveNo: string;
  cancels: readonly CancelRecord[];
};

/** `waitingSince`: the account's issue, or the moment a deposit turned out to be an error. */
export type Waiting = Confirmed & { status: 'WAITING_FOR_DEPOSIT'; account: VirtualAccount; waitingSince: number };

/** Cancelled before any money came. */
export type Withdrawn = Confirmed & {
  status: 'CANCELED';
  account: VirtualAccount;
  approvedAt: null;
  cancels: readonly CancelRecord[];
};

export type Payment =
  | (Opened & { status: 'READY' })
  /** `attempts`: confirms that reached the card company or bank so far. */
  | InProgress
  | (Opened & { status: 'ABORTED'; means: Means | null; abortedAt: number; failure: { code: string; message: string } })
  | (Opened & { status: 'EXPIRED'; expiredAt: number })
  | Waiting
  | Withdrawn
  | Paid;

export const isPaid = (payment: Payment): payment is Paid => 'approvedAt' in payment && payment.approvedAt !== null;

/** Past the merchant's confirm: charged, or a virtual account given out. */
export const isConfirmed = (payment: Payment): payment is Paid | Waiting | Withdrawn => 'transactionKey' in payment;

export const cancelsOf = (payment: Payment): readonly CancelRecord[] => ('cancels' in payment ? payment.cancels : []);

export const balanceOf = (payment: Payment): number =>
  payment.totalAmount - cancelsOf(payment).reduce((sum, cancel) => sum + cancel.amount, 0);

/** The payment as it stands at `now`: a time limit that has passed makes it EXPIRED without anybody acting. A virtual account's due date does not. */
export function asOf(payment: Payment, now: number, limits: Pick<Settings, 'authenticationLimitMs' | 'confirmLimitMs'>): Payment {
  const deadline =
    payment.status === 'READY'
      ? payment.requestedAt + limits.authenticationLimitMs
      : payment.status === 'IN_PROGRESS'
        ? payment.authenticatedAt + limits.confirmLimitMs
        : Number.POSITIVE_INFINITY;
  return now > deadline ? { ...opened(payment), status: 'EXPIRED', expiredAt: deadline } : payment;
}

export const opened = (payment: Payment): Opened => ({
  paymentKey: payment.paymentKey,
  orderId: payment.orderId,
  orderName: payment.orderName,
  totalAmount: payment.totalAmount,
  requestedAt: payment.requestedAt,
  secret: payment.secret,
  successUrl: payment.successUrl,
  failUrl: payment.failUrl,
  metadata: payment.metadata,
  cultureExpense: payment.cultureExpense,
  window: payment.window,
});
