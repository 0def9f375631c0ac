import { instantOf } from '@tiketi/shared-kernel/contracts/time.js';
import type { CancelCall, PaymentProvider, ProviderBooks, ProviderPayment, ProviderTransaction } from '../provider.js';
import { ProviderUnreadableError } from '../provider.js';

type Kept = { payment: ProviderPayment };

/** A provider with books of its own, which a test may also write in behind our back. */
export const createLedgerProvider = (clock: () => number) => {
  const payments = new Map<string, Kept>();
  const transactions: ProviderTransaction[] = [];
  const replies = new Map<string, ProviderPayment>();
  const calls: string[] = [];
  let silent = false;
  let refusing = false;

  const note = ({ payment }: Kept, status: string, amount: number): string => {
    const transactionKey = `tx-${transactions.length + 1}`;
    const { paymentKey, orderId } = payment;
    transactions.push({ transactionKey, paymentKey, orderId, status, amount, at: instantOf(clock()) });
    return transactionKey;
  };

  /** Takes money for an order, whoever asked for it. */
  const charge = (paymentKey: string, orderId: string, amount: number, more: Partial<ProviderPayment> = {}): ProviderPayment => {
    const payment: ProviderPayment = {
      ...{ paymentKey, orderId, status: 'DONE', totalAmount: amount, balanceAmount: amount, method: '카드' },
      ...{ approvedAt: instantOf(clock()), receiptUrl: null, lastTransactionKey: null, secret: `secret of ${paymentKey}` },
      ...{ virtualAccount: null, cancels: [], ...more },
    };
    const kept = { payment };
    payments.set(paymentKey, kept);
    if (payment.status === 'DONE') kept.payment = { ...payment, lastTransactionKey: note(kept, 'DONE', amount) };
    return kept.payment;
  };

  /** Gives money back, whoever asked for it. */
  const giveBack = (paymentKey: string, amount: number): ProviderPayment => {
    const kept = payments.get(paymentKey);
    if (kept === undefined) throw new Error(`no payment ${paymentKey}`);
    const balanceAmount = kept.payment.balanceAmount - amount;
    const status = amount === kept.payment.totalAmount ? 'CANCELED' : 'PARTIAL_CANCELED';
    const transactionKey = note(kept, status, amount);
    const cancels = [...kept.payment.cancels, { transactionKey, amount, at: instantOf(clock()) }];
    kept.payment = { ...kept.payment, status, balanceAmount, cancels, lastTransactionKey: transactionKey };
    return kept.payment;
  };

  const cancel = ({ paymentKey, amount, refundableAmount, idempotencyKey }: CancelCall): ProviderPayment | undefined => {
    const before = replies.get(idempotencyKey);
    const balance = payments.get(paymentKey)?.payment.balanceAmount;
    if (before === undefined && (refusing || balance !== refundableAmount)) return undefined;
    const reply = before ?? giveBack(paymentKey, amount ?? refundableAmount);
    replies.set(idempotencyKey, reply);
    return reply;
  };

  const found = (payment: ProviderPayment | undefined) => {
    if (silent) return { kind: 'unknown', cause: 'no answer' } as const;
    return payment === undefined ? ({ kind: 'notFound' } as const) : ({ kind: 'found', payment } as const);
  };

  const provider: PaymentProvider & ProviderBooks = {
    confirm: async ({ paymentKey, orderId, amount }) => {
      calls.push('confirm');
      const payment = payments.get(paymentKey)?.payment ?? charge(paymentKey, orderId, amount);
      return { kind: 'approved', payment };
    },
    lookupByOrder: async (orderId) => {
      calls.push('lookup');
      return found([...payments.values()].reverse().find(({ payment }) => payment.orderId === orderId)?.payment);
    },
    lookupByKey: async (paymentKey) => {
      calls.push('lookup');
      return found(payments.get(paymentKey)?.payment);
    },
    cancel: async (call) => {
      calls.push('cancel');
      const payment = cancel(call);
      if (payment === undefined) return { kind: 'refused', code: 'NOT_CANCELABLE_PAYMENT', message: '' };
      return { kind: 'cancelled', payment, transactionKey: payment.lastTransactionKey };
    },
    transactions: async function* ({ from, to }) {
      const [begin, end] = [Date.parse(from), Date.parse(to)];
      for (const line of transactions) {
        const at = line.at === null ? 0 : Date.parse(line.at);
        if (at >= begin && at <= end) yield line;
      }
      if (silent) throw new ProviderUnreadableError('no answer');
    },
    available: () => true,
  };

  return {
    provider,
    charge,
    giveBack,
    calls,
    /** Changes a payment as nobody should. */
    alter: (paymentKey: string, changes: Partial<ProviderPayment>): void => {
      const kept = payments.get(paymentKey);
      if (kept !== undefined) kept.payment = { ...kept.payment, ...changes };
    },
    forget: (paymentKey: string): void => {
      payments.delete(paymentKey);
    },
    silence: (on: boolean): void => {
      silent = on;
    },
    refuse: (on: boolean): void => {
      refusing = on;
    },
    payment: (paymentKey: string) => payments.get(paymentKey)?.payment,
  };
};
