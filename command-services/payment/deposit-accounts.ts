import type { OrderId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { IssuedAccount, RefundAccount } from './provider.js';

/** Whether a payment of this method (the provider's word; null: not known) is given back to an account its buyer names. */
export const isGivenBackToAccount = (method: string | null): boolean => method === null || method === '가상계좌';

/** `version`: the same for the same account, another for another, and nothing an account could be guessed from. */
export type GivenAccount = { readonly account: RefundAccount; readonly version: string };

/** Where the numbers and secrets of virtual accounts are kept, out of the events: encrypted rows of this service. */
export type DepositAccounts = {
  /** Before the event that tells of the account, so that a webhook about it can be checked. Safe to repeat. */
  readonly save: (orderId: OrderId, account: IssuedAccount, secret: string | null) => Promise<void>;
  readonly find: (orderId: OrderId) => Promise<(IssuedAccount & { readonly secret: string | null }) | undefined>;
  /** Where the buyer wants a deposit to go back to. */
  readonly saveRefundAccount: (orderId: OrderId, account: RefundAccount) => Promise<void>;
  readonly refundAccount: (orderId: OrderId) => Promise<GivenAccount | undefined>;
};
