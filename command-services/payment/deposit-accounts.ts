import type { OrderId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { IssuedAccount, RefundAccount } from './provider.js';

/** Where the numbers and secrets of virtual accounts are kept, out of the events: encrypted rows of this service. */
export type DepositAccounts = {
  /** Before the event that tells of the account, so that a webhook about it can be checked. Safe to repeat. */
  readonly save: (orderId: OrderId, account: IssuedAccount, secret: string | null) => Promise<void>;
  readonly find: (orderId: OrderId) => Promise<(IssuedAccount & { readonly secret: string | null }) | undefined>;
  /** Where the buyer wants a deposit to go back to. */
  readonly saveRefundAccount: (orderId: OrderId, account: RefundAccount) => Promise<void>;
  readonly refundAccount: (orderId: OrderId) => Promise<RefundAccount | undefined>;
};
