export type CancelRecord = {
  transactionKey: string;
  amount: number;
  reason: string;
  /** What was left to refund after this cancel, in won. */
  refundableAmount: number;
  /** Epoch milliseconds, like every instant in this file. */
  canceledAt: number;
};

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
};

type Authenticated = { card: string; authenticatedAt: number };

export type Paid = Opened &
  Authenticated & {
    status: 'DONE' | 'CANCELED' | 'PARTIAL_CANCELED';
    approvedAt: number;
    approveNo: string;
    transactionKey: string;
    cancels: readonly CancelRecord[];
  };

export type Payment =
  | (Opened & { status: 'READY' })
  /** `attempts`: confirms that reached the card company so far. */
  | (Opened & Authenticated & { status: 'IN_PROGRESS'; attempts: number })
  | (Opened & { status: 'ABORTED'; card: string | null; abortedAt: number; failure: { code: string; message: string } })
  | (Opened & { status: 'EXPIRED'; expiredAt: number })
  | Paid;

/** The buyer has 30 minutes to authenticate a READY payment, the merchant 10 to confirm it afterwards. */
export const AUTHENTICATION_LIMIT_MS = 30 * 60_000;
export const CONFIRM_LIMIT_MS = 10 * 60_000;

export const isPaid = (payment: Payment): payment is Paid =>
  payment.status === 'DONE' || payment.status === 'CANCELED' || payment.status === 'PARTIAL_CANCELED';

export const balanceOf = (payment: Payment): number =>
  isPaid(payment) ? payment.totalAmount - payment.cancels.reduce((sum, cancel) => sum + cancel.amount, 0) : payment.totalAmount;

/** The payment as it stands at `now`: a time limit that has passed makes it EXPIRED without anybody acting. */
export function asOf(payment: Payment, now: number): Payment {
  const deadline =
    payment.status === 'READY'
      ? payment.requestedAt + AUTHENTICATION_LIMIT_MS
      : payment.status === 'IN_PROGRESS'
        ? payment.authenticatedAt + CONFIRM_LIMIT_MS
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
});
