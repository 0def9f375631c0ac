import { bankOf } from './banks.js';
import type { TossCode } from './errors.js';
import type { RefundAccount } from './payment.js';

export type RefundAccountRequest = { bank: string; accountNumber: string; holderName: string };

/** Accounts a bank pays nothing to, for trying; any other number of up to 20 digits belongs to whoever is named. */
export const testAccounts: Readonly<Record<string, TossCode>> = {
  '99999999999999': 'INVALID_REFUND_ACCOUNT_INFO',
  '88888888888888': 'FORBIDDEN_BANK_REFUND_REQUEST',
  '77777777777777': 'REFUND_REJECTED',
};

const HOLDER_LENGTH = 60;

/** Judges the account a paid virtual account is refunded to. */
export function refundAccount(request: RefundAccountRequest | undefined): { to: RefundAccount } | { refused: TossCode } {
  if (request === undefined) return { refused: 'INVALID_REFUND_ACCOUNT_INFO' };
  const { accountNumber, holderName } = request;
  const bank = bankOf(request.bank);
  if (bank === undefined) return { refused: 'INVALID_BANK' };
  if (!/^\d{1,20}$/.test(accountNumber)) return { refused: 'INVALID_REFUND_ACCOUNT_NUMBER' };
  if (holderName.length === 0 || holderName.length > HOLDER_LENGTH) return { refused: 'INVALID_REFUND_ACCOUNT_INFO' };
  const refused = Object.hasOwn(testAccounts, accountNumber) ? testAccounts[accountNumber] : undefined;
  return refused === undefined ? { to: { bankCode: bank.code, accountNumber, holderName } } : { refused };
}
