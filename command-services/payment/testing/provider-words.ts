import type { ProviderPayment } from '../provider.js';

const payment: ProviderPayment = {
  paymentKey: 'key of nobody',
  orderId: 'order-of-nobody',
  status: 'DONE',
  totalAmount: 50_000,
  balanceAmount: 50_000,
  method: '카드',
  approvedAt: null,
  receiptUrl: null,
  lastTransactionKey: null,
  secret: 'secret of nobody',
  virtualAccount: null,
  cancels: [],
};

/** Webhooks in the provider's own shapes. */
export const preparedFor = {
  payment,
  /** `PAYMENT_STATUS_CHANGED`: the payment itself. */
  changed: (about: ProviderPayment) => ({
    eventType: 'PAYMENT_STATUS_CHANGED',
    createdAt: '2026-05-01T19:00:00.000000',
    data: { ...about, mId: 'tiketi', version: '2022-11-16', brandNew: { field: true } },
  }),
  /** `DEPOSIT_CALLBACK`: flat, without a type and without a payment key. */
  deposit: (about: ProviderPayment, status: string) => ({
    createdAt: '2026-05-01T19:00:00.000000',
    secret: about.secret,
    status,
    transactionKey: 'tx',
    orderId: about.orderId,
  }),
};
