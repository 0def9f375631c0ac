import { cardRefusal } from './cards.js';
import { type TossCode, tossErrors } from './errors.js';
import { newApproveNo, newTransactionKey } from './keys.js';
import { balanceOf, isPaid, opened, type Paid, type Payment } from './payment.js';

/** A refusal may carry a changed payment: a declined charge aborts it. */
export type Outcome = { payment: Payment } | { refused: TossCode; payment?: Payment };

export type ConfirmRequest = { paymentKey: string; orderId: string; amount: number };
export type CancelRequest = { cancelReason: string; cancelAmount?: number | undefined; refundableAmount?: number | undefined };

/** Two cancels of one payment must be at least this far apart. */
const CANCEL_PAUSE_MS = 1_000;

/** Charges an authenticated payment. `paidOrder`: another payment of the same order that was charged already. */
export function confirm(request: ConfirmRequest, payment: Payment | undefined, paidOrder: boolean, now: number): Outcome {
  if (payment === undefined) return { refused: 'NOT_FOUND_PAYMENT' };
  if (isPaid(payment) || payment.status === 'ABORTED') return { refused: 'ALREADY_PROCESSED_PAYMENT' };
  if (payment.status !== 'IN_PROGRESS') return { refused: 'NOT_FOUND_PAYMENT_SESSION' };
  if (payment.orderId !== request.orderId || payment.totalAmount !== request.amount) return { refused: 'FORBIDDEN_REQUEST' };
  if (paidOrder) return { refused: 'ALREADY_PROCESSED_PAYMENT' };
  const refusal = cardRefusal(payment.card, payment.totalAmount, payment.attempts);
  if (refusal === undefined) return { payment: approve(payment, now) };
  if (!refusal.final) return { refused: refusal.code, payment: { ...payment, attempts: payment.attempts + 1 } };
  return { refused: refusal.code, payment: abort(payment, refusal.code, now) };
}

function approve(payment: Extract<Payment, { status: 'IN_PROGRESS' }>, now: number): Paid {
  return {
    ...opened(payment),
    status: 'DONE',
    card: payment.card,
    authenticatedAt: payment.authenticatedAt,
    approvedAt: now,
    approveNo: newApproveNo(),
    transactionKey: newTransactionKey(),
    cancels: [],
  };
}

/** Ends a payment that was not charged; `failure` on it then says why. */
export function abort(payment: Payment, code: TossCode, now: number): Payment {
  const card = payment.status === 'IN_PROGRESS' ? payment.card : null;
  return { ...opened(payment), status: 'ABORTED', card, abortedAt: now, failure: { code, message: tossErrors[code][1] } };
}

/** Refunds all or part. A balance that partial cancels bring to 0 leaves the status PARTIAL_CANCELED. */
export function cancel(request: CancelRequest, payment: Payment | undefined, now: number): Outcome {
  if (payment === undefined) return { refused: 'NOT_FOUND_PAYMENT' };
  if (!isPaid(payment)) return { refused: 'NOT_CANCELABLE_PAYMENT' };
  if (payment.status === 'CANCELED') return { refused: 'ALREADY_CANCELED_PAYMENT' };
  const balance = balanceOf(payment);
  if (balance === 0) return { refused: 'NOT_CANCELABLE_AMOUNT' };
  const last = payment.cancels.at(-1);
  if (last !== undefined && now - last.canceledAt < CANCEL_PAUSE_MS) return { refused: 'FORBIDDEN_CONSECUTIVE_REQUEST' };
  if (request.refundableAmount !== undefined && request.refundableAmount !== balance)
    return { refused: 'NOT_MATCHES_REFUNDABLE_AMOUNT' };
  const amount = request.cancelAmount ?? balance;
  if (amount > balance) return { refused: 'NOT_CANCELABLE_AMOUNT' };
  const record = {
    transactionKey: newTransactionKey(),
    amount,
    reason: request.cancelReason,
    refundableAmount: balance - amount,
    canceledAt: now,
  };
  const status = amount === payment.totalAmount ? 'CANCELED' : 'PARTIAL_CANCELED';
  return { payment: { ...payment, status, cancels: [...payment.cancels, record] } };
}
