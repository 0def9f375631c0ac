import { type TossCode, tossErrors } from './errors.js';
import { newApproveNo, newTransactionKey } from './keys.js';
import { type InProgress, isConfirmed, opened, type Paid, type Payment } from './payment.js';
import { refusalOf } from './payment-means.js';
import { issueAccount } from './virtual-account.js';

/** A refusal may carry a changed payment: a declined charge aborts it. */
export type Outcome = { payment: Payment } | { refused: TossCode; payment?: Payment };

export type ConfirmRequest = { paymentKey: string; orderId: string; amount: number };

/** Charges an authenticated payment, or gives out its virtual account. `takenOrder`: another payment of the same order got that far already. */
export function confirm(request: ConfirmRequest, payment: Payment | undefined, takenOrder: boolean, now: number): Outcome {
  if (payment === undefined) return { refused: 'NOT_FOUND_PAYMENT' };
  if (isConfirmed(payment) || payment.status === 'ABORTED') return { refused: 'ALREADY_PROCESSED_PAYMENT' };
  if (payment.status !== 'IN_PROGRESS') return { refused: 'NOT_FOUND_PAYMENT_SESSION' };
  if (payment.orderId !== request.orderId || payment.totalAmount !== request.amount) return { refused: 'FORBIDDEN_REQUEST' };
  if (takenOrder) return { refused: 'ALREADY_PROCESSED_PAYMENT' };
  const refusal = refusalOf(payment.means, payment.totalAmount, payment.attempts);
  if (refusal === undefined) return settle(payment, now);
  if (!refusal.final) return { refused: refusal.code, payment: { ...payment, attempts: payment.attempts + 1 } };
  return { refused: refusal.code, payment: abort(payment, refusal.code, now) };
}

function settle(payment: InProgress, now: number): Outcome {
  const { means } = payment;
  if (means.method !== 'VIRTUAL_ACCOUNT') return { payment: approve(payment, now) };
  const issued = issueAccount(means, now);
  if ('refused' in issued) return { refused: issued.refused, payment: abort(payment, issued.refused, now) };
  const { authenticatedAt } = payment;
  return {
    payment: {
      ...opened(payment),
      status: 'WAITING_FOR_DEPOSIT',
      means,
      authenticatedAt,
      waitingSince: now,
      transactionKey: newTransactionKey(),
      account: issued.account,
    },
  };
}

function approve(payment: InProgress, now: number): Paid {
  return {
    ...opened(payment),
    status: 'DONE',
    means: payment.means,
    authenticatedAt: payment.authenticatedAt,
    approvedAt: now,
    approveNo: newApproveNo(),
    transactionKey: newTransactionKey(),
    account: null,
    cancels: [],
  };
}

/** Ends a payment that was not charged; `failure` on it then says why. */
export function abort(payment: Payment, code: TossCode, now: number): Payment {
  const means = payment.status === 'IN_PROGRESS' ? payment.means : null;
  return { ...opened(payment), status: 'ABORTED', means, abortedAt: now, failure: { code, message: tossErrors[code][1] } };
}
