import type { Outcome } from './decisions.js';
import type { TossCode } from './errors.js';
import { newTransactionKey } from './keys.js';
import { balanceOf, isConfirmed, isPaid, type Paid, type Payment, type RefundAccount } from './payment.js';
import type { Means } from './payment-means.js';
import { type RefundAccountRequest, refundAccount } from './refund-account.js';

export type CancelRequest = {
  cancelReason: string;
  cancelAmount?: number | undefined;
  refundableAmount?: number | undefined;
  refundReceiveAccount?: RefundAccountRequest | undefined;
};

const DAY_MS = 24 * 3_600_000;
/** How long after the payment it can be refunded; cards have no such limit. */
const REFUND_WINDOW_MS: Partial<Record<Means['method'], number>> = { TRANSFER: 180 * DAY_MS, VIRTUAL_ACCOUNT: 365 * DAY_MS };

/**
 * Refunds all or part, or withdraws a virtual account nobody paid into. A balance that partial cancels bring to 0 leaves the
 * status PARTIAL_CANCELED. `pauseMs`: two cancels of one payment must be so far apart.
 */
export function cancel(request: CancelRequest, payment: Payment | undefined, now: number, pauseMs: number): Outcome {
  if (payment === undefined) return { refused: 'NOT_FOUND_PAYMENT' };
  if (!isConfirmed(payment)) return { refused: 'NOT_CANCELABLE_PAYMENT' };
  if (payment.status === 'CANCELED') return { refused: 'ALREADY_CANCELED_PAYMENT' };
  const balance = balanceOf(payment);
  if (balance === 0) return { refused: 'NOT_CANCELABLE_AMOUNT' };
  const last = isPaid(payment) ? payment.cancels.at(-1) : undefined;
  if (last !== undefined && now - last.canceledAt < pauseMs) return { refused: 'FORBIDDEN_CONSECUTIVE_REQUEST' };
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
  if (!isPaid(payment)) {
    if (amount !== balance) return { refused: 'NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT' };
    const { waitingSince: _, ...rest } = payment;
    return { payment: { ...rest, status: 'CANCELED', approvedAt: null, cancels: [record] } };
  }
  const refund = refundOf(request, payment, now);
  if ('refused' in refund) return refund;
  const status = amount === payment.totalAmount ? 'CANCELED' : 'PARTIAL_CANCELED';
  const account = payment.account === null ? null : { ...payment.account, refundTo: refund.to };
  return { payment: { ...payment, status, account, cancels: [...payment.cancels, record] } };
}

function refundOf(
  { refundReceiveAccount }: CancelRequest,
  { means, account, approvedAt }: Paid,
  now: number,
): { to: RefundAccount | null } | { refused: TossCode } {
  const refundWindow = REFUND_WINDOW_MS[means.method];
  if (refundWindow !== undefined && now - approvedAt > refundWindow) return { refused: 'EXCEED_MAX_REFUND_DUE' };
  // a card or a bank account is paid back where the money came from
  return account === null ? { to: null } : refundAccount(refundReceiveAccount);
}
