import { koreanTime } from './korean-time.js';
import type { Transaction } from './ledger.js';
import { cardObject, easyPayObject, transferObject, virtualAccountObject } from './method-objects.js';
import { balanceOf, type CancelRecord, cancelsOf, isConfirmed, isPaid, type Payment } from './payment.js';
import { methodName } from './payment-means.js';
import type { View } from './view.js';

const MERCHANT = 'tiketi-simulated';

/** The provider's Payment object (API version 2022-11-16) for a payment as it stands. */
export function paymentObject(payment: Payment, view: View): Record<string, unknown> {
  const paid = isPaid(payment) ? payment : undefined;
  const means = 'means' in payment ? payment.means : null;
  const cancels = cancelsOf(payment);
  const vat = Math.round(payment.totalAmount / 11);
  return {
    version: '2022-11-16',
    mId: MERCHANT,
    type: 'NORMAL',
    paymentKey: payment.paymentKey,
    lastTransactionKey: isConfirmed(payment) ? (cancels.at(-1)?.transactionKey ?? payment.transactionKey) : null,
    orderId: payment.orderId,
    orderName: payment.orderName,
    currency: 'KRW',
    country: 'KR',
    method: means === null ? null : methodName[means.method],
    status: payment.status,
    totalAmount: payment.totalAmount,
    balanceAmount: balanceOf(payment),
    suppliedAmount: payment.totalAmount - vat,
    vat,
    taxFreeAmount: 0,
    taxExemptionAmount: 0,
    requestedAt: koreanTime(payment.requestedAt),
    approvedAt: paid === undefined ? null : koreanTime(paid.approvedAt),
    useEscrow: false,
    // never true for a card, whatever the merchant asks
    cultureExpense: payment.cultureExpense && (means?.method === 'VIRTUAL_ACCOUNT' || means?.method === 'TRANSFER'),
    isPartialCancelable: true,
    card: means?.method === 'CARD' ? cardObject(means.card, payment, paid) : null,
    virtualAccount: virtualAccountObject(payment, view),
    transfer: means?.method === 'TRANSFER' ? transferObject(means.bank) : null,
    mobilePhone: null,
    giftCertificate: null,
    easyPay: means?.method === 'EASY_PAY' ? easyPayObject(means.provider, payment) : null,
    cashReceipt: null,
    cashReceipts: null,
    discount: null,
    cancels: cancels.length === 0 ? null : cancels.map(cancelObject),
    secret: means?.method === 'VIRTUAL_ACCOUNT' || view.settings.secretOnEveryMethod ? payment.secret : null,
    metadata: payment.metadata,
    failure: failureOf(payment),
    receipt: paid === undefined ? null : { url: `${view.publicUrl}/receipt/${payment.paymentKey}` },
    checkout: { url: `${view.publicUrl}/checkout/${payment.paymentKey}` },
  };
}

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
  method: methodName[transaction.method],
  customerKey: null,
  useEscrow: false,
  receiptUrl: `${publicUrl}/receipt/${transaction.paymentKey}`,
  status: transaction.status,
  transactionAt: koreanTime(transaction.at),
  currency: 'KRW',
  amount: transaction.amount,
});
