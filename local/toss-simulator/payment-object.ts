import type { Transaction } from './ledger.js';
import { balanceOf, type CancelRecord, isPaid, type Payment } from './payment.js';

const MERCHANT = 'tiketi-simulated';

/** ISO 8601 to the second with the Korean offset, as the provider writes instants. */
export const koreanTime = (at: number): string => `${new Date(at + 9 * 3_600_000).toISOString().slice(0, 19)}+09:00`;

const masked = (card: string): string => `${card.slice(0, 8)}****${card.slice(12, -1)}*`;

/** The provider's Payment object (API version 2022-11-16) for a payment as it stands. `publicUrl` is where a browser finds this simulator. */
export function paymentObject(payment: Payment, publicUrl: string): Record<string, unknown> {
  const paid = isPaid(payment) ? payment : undefined;
  const card = 'card' in payment ? payment.card : null;
  const balance = balanceOf(payment);
  const vat = Math.round(payment.totalAmount / 11);
  return {
    version: '2022-11-16',
    mId: MERCHANT,
    type: 'NORMAL',
    paymentKey: payment.paymentKey,
    lastTransactionKey: paid === undefined ? null : (paid.cancels.at(-1)?.transactionKey ?? paid.transactionKey),
    orderId: payment.orderId,
    orderName: payment.orderName,
    currency: 'KRW',
    country: 'KR',
    method: card === null ? null : '카드',
    status: payment.status,
    totalAmount: payment.totalAmount,
    balanceAmount: balance,
    suppliedAmount: payment.totalAmount - vat,
    vat,
    taxFreeAmount: 0,
    taxExemptionAmount: 0,
    requestedAt: koreanTime(payment.requestedAt),
    approvedAt: paid === undefined ? null : koreanTime(paid.approvedAt),
    useEscrow: false,
    cultureExpense: false,
    isPartialCancelable: true,
    card: card === null ? null : cardObject(card, payment.totalAmount, paid?.approveNo, balance),
    virtualAccount: null,
    transfer: null,
    mobilePhone: null,
    giftCertificate: null,
    easyPay: null,
    cashReceipt: null,
    cashReceipts: null,
    discount: null,
    cancels: paid === undefined || paid.cancels.length === 0 ? null : paid.cancels.map(cancelObject),
    secret: payment.secret,
    metadata: null,
    failure: failureOf(payment),
    receipt: paid === undefined ? null : { url: `${publicUrl}/receipt/${payment.paymentKey}` },
    checkout: { url: `${publicUrl}/checkout/${payment.paymentKey}` },
  };
}

const cardObject = (card: string, amount: number, approveNo: string | undefined, balance: number) => ({
  amount,
  issuerCode: '61',
  acquirerCode: '31',
  number: masked(card),
  installmentPlanMonths: 0,
  approveNo: approveNo ?? '',
  useCardPoint: false,
  cardType: '신용',
  ownerType: '개인',
  acquireStatus: approveNo !== undefined && balance === 0 ? 'CANCELED' : 'READY',
  isInterestFree: false,
  interestPayer: null,
});

const cancelObject = (cancel: CancelRecord) => ({
  transactionKey: cancel.transactionKey,
  cancelAmount: cancel.amount,
  cancelReason: cancel.reason,
  canceledAt: koreanTime(cancel.canceledAt),
  refundableAmount: cancel.refundableAmount,
  taxFreeAmount: 0,
  taxExemptionAmount: 0,
  cardDiscountAmount: 0,
  transferDiscountAmount: 0,
  easyPayDiscountAmount: 0,
  receiptKey: null,
  cancelStatus: 'DONE',
  cancelRequestId: null,
});

function failureOf(payment: Payment): { code: string; message: string } | null {
  if (payment.status === 'ABORTED') return payment.failure;
  return payment.status === 'EXPIRED' ? { code: 'EXPIRED_PAYMENT', message: '결제 시간이 만료되었습니다.' } : null;
}

/** One line of `GET /v1/transactions`. */
export const transactionObject = (transaction: Transaction, publicUrl: string): Record<string, unknown> => ({
  mId: MERCHANT,
  transactionKey: transaction.transactionKey,
  paymentKey: transaction.paymentKey,
  orderId: transaction.orderId,
  method: '카드',
  customerKey: null,
  useEscrow: false,
  receiptUrl: `${publicUrl}/receipt/${transaction.paymentKey}`,
  status: transaction.status,
  transactionAt: koreanTime(transaction.at),
  currency: 'KRW',
  amount: transaction.amount,
});
