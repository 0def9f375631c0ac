import { koreanTime } from './korean-time.js';
import { balanceOf, cancelsOf, isPaid, type Paid, type Payment } from './payment.js';
import type { View } from './view.js';

const masked = (card: string): string => `${card.slice(0, 8)}****${card.slice(12, -1)}*`;

export const cardObject = (card: string, payment: Payment, paid: Paid | undefined) => ({
  amount: payment.totalAmount,
  issuerCode: '61',
  acquirerCode: '31',
  number: masked(card),
  installmentPlanMonths: 0,
  approveNo: paid?.approveNo ?? '',
  useCardPoint: false,
  cardType: '신용',
  ownerType: '개인',
  acquireStatus: paid !== undefined && balanceOf(payment) === 0 ? 'CANCELED' : 'READY',
  isInterestFree: false,
  interestPayer: null,
});

export const transferObject = (bankCode: string) => ({ bankCode, settlementStatus: 'INCOMPLETED' });

export const easyPayObject = (provider: string, payment: Payment) => ({
  provider,
  amount: payment.totalAmount,
  discountAmount: 0,
});

/** How long a refund account stays readable after it was given. */
const REFUND_ACCOUNT_SHOWN_MS = 30 * 60_000;

/** What a virtual account looks like, and nothing for payments without one. */
export function virtualAccountObject(payment: Payment, { now, settings }: View) {
  if (!('account' in payment) || payment.account === null) return null;
  const { accountNumber, bankCode, customerName, dueAt, refundTo } = payment.account;
  const refundedAt = isPaid(payment) ? cancelsOf(payment).at(-1)?.canceledAt : undefined;
  const shown = refundTo !== null && refundedAt !== undefined && now - refundedAt <= REFUND_ACCOUNT_SHOWN_MS;
  return {
    accountType: '일반',
    accountNumber,
    bankCode,
    customerName,
    depositorName: isPaid(payment) ? customerName : '',
    dueDate: koreanTime(dueAt),
    refundStatus: refundedAt === undefined ? 'NONE' : now - refundedAt < settings.accountRefundMs ? 'PENDING' : 'COMPLETED',
    expired: payment.status === 'WAITING_FOR_DEPOSIT' && now > dueAt,
    settlementStatus: 'INCOMPLETED',
    refundReceiveAccount: shown ? refundTo : null,
  };
}
