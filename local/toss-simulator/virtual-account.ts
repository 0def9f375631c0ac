import { bankOf } from './banks.js';
import type { TossCode } from './errors.js';
import { newAccountNumber, newApproveNo, newTransactionKey } from './keys.js';
import type { Payment, VirtualAccount } from './payment.js';
import type { Due, Means } from './payment-means.js';

export const DEFAULT_VALID_HOURS = 168;
const MAX_VALID_HOURS = 2_160;
const HOUR_MS = 3_600_000;

/** The instant a due rule means, counted from `now`; at most 2,160 hours away, and not in the past. */
export function dueAtOf(due: Due, now: number): { dueAt: number } | { refused: TossCode } {
  if ('validHours' in due)
    return due.validHours > MAX_VALID_HOURS ? { refused: 'EXCEED_MAX_VALID_HOURS' } : { dueAt: now + due.validHours * HOUR_MS };
  if (due.dueAt <= now) return { refused: 'INVALID_DATE' };
  return due.dueAt > now + MAX_VALID_HOURS * HOUR_MS ? { refused: 'EXCEED_MAX_DUE_DATE' } : due;
}

/** A number of its own for one payment, at a bank that gives such numbers out. */
export function issueAccount(
  means: Extract<Means, { method: 'VIRTUAL_ACCOUNT' }>,
  now: number,
): { account: VirtualAccount } | { refused: TossCode } {
  const bank = bankOf(means.bank);
  if (bank?.issues !== true) return { refused: 'INVALID_BANK' };
  const due = dueAtOf(means.due, now);
  if ('refused' in due) return due;
  const { customerName } = means;
  return { account: { accountNumber: newAccountNumber(), bankCode: bank.code, customerName, dueAt: due.dueAt, refundTo: null } };
}

export type DepositRefusal = 'NO_SUCH_ACCOUNT' | 'NOT_WAITING' | 'PAST_DUE' | 'OTHER_AMOUNT';
export type DepositOutcome = { payment: Payment } | { refused: DepositRefusal };

/** Money arrives. The bank sends it back unless it is the whole amount, in time, into an account that waits. */
export function deposit(payment: Payment | undefined, amount: number | undefined, now: number): DepositOutcome {
  if (payment === undefined || !('account' in payment) || payment.account === null) return { refused: 'NO_SUCH_ACCOUNT' };
  if (payment.status !== 'WAITING_FOR_DEPOSIT') return { refused: 'NOT_WAITING' };
  if (now > payment.account.dueAt) return { refused: 'PAST_DUE' };
  if (amount !== undefined && amount !== payment.totalAmount) return { refused: 'OTHER_AMOUNT' };
  const { waitingSince: _, ...rest } = payment;
  return {
    payment: {
      ...rest,
      status: 'DONE',
      approvedAt: now,
      approveNo: newApproveNo(),
      transactionKey: newTransactionKey(),
      cancels: [],
    },
  };
}

/** The bank takes a deposit back as an error of its own: what was DONE waits again. */
export function depositError(payment: Payment | undefined, now: number): DepositOutcome {
  if (payment === undefined || !('account' in payment) || payment.account === null) return { refused: 'NO_SUCH_ACCOUNT' };
  if (payment.status !== 'DONE') return { refused: 'NOT_WAITING' };
  const { approvedAt: _at, approveNo: _no, cancels: _none, account, ...rest } = payment;
  return { payment: { ...rest, account, status: 'WAITING_FOR_DEPOSIT', waitingSince: now, transactionKey: newTransactionKey() } };
}
