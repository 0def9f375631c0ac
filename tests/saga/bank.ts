import type {
  CancelAnswer,
  CancelCall,
  ConfirmAnswer,
  ConfirmCall,
  PaymentProvider,
  ProviderBooks,
  ProviderPayment,
  UnknownAnswer,
} from '@tiketi/payment/provider.js';
import { type Instant, instantOf } from '@tiketi/shared-kernel/contracts/time.js';
import type { Turns } from './turns.js';

/** What the provider will make of a payment once it is confirmed. */
export type Fate = 'approve' | 'decline' | 'account';

/**
 * What befalls one call: it is never heard of, done but its answer lost, done after half a minute, or done only after the caller has
 * given up.
 */
export type Fault = 'none' | 'unreached' | 'lost' | 'slow' | 'late';

const TIMEOUT_MS = 60_000;
const SLOW_MS = 30_000;
const LATE_MS = 70_000;
/** From authentication until the payment can no longer be confirmed (Toss, states). */
const SESSION_MS = 10 * 60_000;

export type BankOptions = {
  /** Of the calls to come, in their order; after the last one all goes well. */
  readonly faults: Fault[];
  readonly dueBy: Instant;
  /** What the balance of a virtual account is after it was closed unpaid is not documented. */
  readonly keepsBalanceOfClosed: boolean;
  /** Sends a webhook about the order. */
  readonly told: (orderId: string) => void;
};

/** As much of a provider as bookings ask. */
export type Provider = PaymentProvider & Pick<ProviderBooks, 'lookupByKey'>;

type Account = { payment: ProviderPayment; readonly fate: Fate; readonly openedAt: number };

const unknown = (cause: string): UnknownAnswer => ({ kind: 'unknown', cause });

/** The provider: its own books, which no crash of ours touches, idempotent by key, at fault as it is told to be. */
export const createBank = (turns: Turns, o: BankOptions) => {
  const accounts = new Map<string, Account>();
  const answers = new Map<string, ConfirmAnswer | CancelAnswer>();
  const underWay = new Set<string>();
  const charges = new Map<string, number>();
  let transactions = 0;
  let down = false;

  const transactionKey = (): string => {
    transactions += 1;
    return `tx-${transactions}`;
  };

  const asOf = (account: Account): Account => {
    const over = account.payment.status === 'IN_PROGRESS' && turns.clock() > account.openedAt + SESSION_MS;
    if (over) account.payment = { ...account.payment, status: 'EXPIRED' };
    return account;
  };

  const charge = (account: Account): ProviderPayment => {
    const { orderId } = account.payment;
    charges.set(orderId, (charges.get(orderId) ?? 0) + 1);
    const approvedAt = instantOf(turns.clock());
    account.payment = { ...account.payment, status: 'DONE', approvedAt, lastTransactionKey: transactionKey() };
    o.told(orderId);
    return account.payment;
  };

  const confirm = ({ paymentKey }: ConfirmCall): ConfirmAnswer => {
    const found = accounts.get(paymentKey);
    if (found === undefined) return { kind: 'declined', code: 'NOT_FOUND_PAYMENT', message: '' };
    const account = asOf(found);
    const { status } = account.payment;
    if (status === 'DONE') return { kind: 'approved', payment: account.payment };
    if (status === 'IN_PROGRESS') {
      if (account.fate === 'approve') return { kind: 'approved', payment: charge(account) };
      if (account.fate === 'decline') {
        account.payment = { ...account.payment, status: 'ABORTED' };
        return { kind: 'declined', code: 'REJECT_CARD_COMPANY', message: '' };
      }
      const virtualAccount = { accountNumber: 'X1', bankCode: '20', dueBy: o.dueBy };
      account.payment = { ...account.payment, status: 'WAITING_FOR_DEPOSIT', virtualAccount };
    }
    if (account.payment.status === 'WAITING_FOR_DEPOSIT') {
      const issued = { accountNumber: 'X1', bankCode: '20', dueBy: o.dueBy };
      return { kind: 'waiting', payment: account.payment, account: issued, secret: null };
    }
    return { kind: 'declined', code: 'ALREADY_PROCESSED_PAYMENT', message: '' };
  };

  const cancel = ({ paymentKey, amount, refundableAmount, refundReceiveAccount }: CancelCall): CancelAnswer => {
    const refused = (code: string): CancelAnswer => ({ kind: 'refused', code, message: '' });
    const account = accounts.get(paymentKey);
    if (account === undefined) return refused('NOT_FOUND_PAYMENT');
    const { status, balanceAmount, virtualAccount, cancels, totalAmount } = account.payment;
    const paid = status === 'DONE' || status === 'PARTIAL_CANCELED';
    if (!paid && status !== 'WAITING_FOR_DEPOSIT') return refused('NOT_CANCELABLE_PAYMENT');
    if (balanceAmount !== refundableAmount) return refused('NOT_MATCHES_REFUNDABLE_AMOUNT');
    const given = amount ?? balanceAmount;
    if (given > balanceAmount) return refused('NOT_CANCELABLE_AMOUNT');
    if (!paid) {
      if (given !== balanceAmount) return refused('NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT');
      const balance = o.keepsBalanceOfClosed ? balanceAmount : 0;
      account.payment = { ...account.payment, status: 'CANCELED', balanceAmount: balance };
      return { kind: 'cancelled', payment: account.payment, transactionKey: null };
    }
    if (virtualAccount !== null && refundReceiveAccount === undefined) return refused('INVALID_REFUND_ACCOUNT_INFO');
    const key = transactionKey();
    account.payment = {
      ...account.payment,
      status: given === totalAmount ? 'CANCELED' : 'PARTIAL_CANCELED',
      balanceAmount: balanceAmount - given,
      cancels: [...cancels, { transactionKey: key, amount: given, at: instantOf(turns.clock()) }],
      lastTransactionKey: key,
    };
    o.told(account.payment.orderId);
    return { kind: 'cancelled', payment: account.payment, transactionKey: key };
  };

  const once = <A extends ConfirmAnswer | CancelAnswer>(key: string, run: () => A): A => {
    // a key belongs to one kind of call
    const before = answers.get(key) as A | undefined;
    const answer = before ?? run();
    answers.set(key, answer);
    return answer;
  };

  const befallen = async <A>(key: string, run: () => A): Promise<A | UnknownAnswer> => {
    if (underWay.has(key)) return unknown('a request with this key is under way');
    const fault = down ? 'unreached' : (o.faults.shift() ?? 'none');
    switch (fault) {
      case 'none':
        return run();
      case 'unreached':
        return unknown('no connection');
      case 'lost':
        run();
        await turns.sleep(TIMEOUT_MS);
        return unknown('timeout');
      case 'slow':
        underWay.add(key);
        await turns.sleep(SLOW_MS);
        underWay.delete(key);
        return run();
      case 'late':
        underWay.add(key);
        turns.after(LATE_MS, () => {
          underWay.delete(key);
          run();
        });
        await turns.sleep(TIMEOUT_MS);
        return unknown('timeout');
    }
  };

  const provider: Provider = {
    confirm: (call) => befallen(call.idempotencyKey, () => once(call.idempotencyKey, () => confirm(call))),
    cancel: (call) => befallen(call.idempotencyKey, () => once(call.idempotencyKey, () => cancel(call))),
    lookupByOrder: (orderId) =>
      befallen(`lookup ${orderId}`, () => {
        const last = [...accounts.values()].reverse().find(({ payment }) => payment.orderId === orderId);
        return last === undefined ? ({ kind: 'notFound' } as const) : ({ kind: 'found', payment: asOf(last).payment } as const);
      }),
    lookupByKey: (paymentKey) =>
      befallen(`lookup ${paymentKey}`, () => {
        const account = accounts.get(paymentKey);
        return account === undefined
          ? ({ kind: 'notFound' } as const)
          : ({ kind: 'found', payment: asOf(account).payment } as const);
      }),
    available: () => !down,
  };

  return {
    provider,
    /** The buyer goes through the checkout; the key they come back with. */
    checkout: (orderId: string, amount: number, fate: Fate): string => {
      const paymentKey = `key-${accounts.size + 1}`;
      const payment: ProviderPayment = {
        ...{
          paymentKey,
          orderId,
          status: 'IN_PROGRESS',
          totalAmount: amount,
          balanceAmount: amount,
          method: fate === 'account' ? '가상계좌' : '카드',
        },
        ...{ approvedAt: null, receiptUrl: null, lastTransactionKey: null, secret: null, virtualAccount: null, cancels: [] },
      };
      accounts.set(paymentKey, { payment, fate, openedAt: turns.clock() });
      return paymentKey;
    },
    /** The buyer transfers the money; a closed account takes none. */
    deposit: (orderId: string): void => {
      for (const account of accounts.values()) {
        if (account.payment.orderId === orderId && account.payment.status === 'WAITING_FOR_DEPOSIT') charge(account);
      }
    },
    setDown: (is: boolean): void => {
      down = is;
    },
    charges: (orderId: string): number => charges.get(orderId) ?? 0,
    payments: (): readonly ProviderPayment[] => [...accounts.values()].map(({ payment }) => payment),
  };
};

export type Bank = ReturnType<typeof createBank>;
