import {
  type CancelAnswer,
  type CancelCall,
  type ConfirmAnswer,
  type ConfirmCall,
  isInWon,
  type LookupAnswer,
  type PaymentProvider,
  type ProviderAlarm,
  type ProviderBooks,
  type ProviderPayment,
  type UnknownAnswer,
} from '../provider.js';
import { type ErrorAnswer, type LostAnswer, type PaymentAnswer, readPayment } from './answers.js';
import { cancelMeaning, confirmMeaning, isSuspicious, type Meaning } from './error-codes.js';
import { createTossExchange, type TossExchangeOptions } from './exchange.js';
import { tossTransactions } from './transactions.js';

export type TossPaymentsOptions = TossExchangeOptions & {
  /** Lines of a page of the books; default 1,000. The provider's own limit is not documented, 5,000 is seen in use. */
  transactionPage?: number;
  /** Hears of what an operator must see. Must not throw. */
  onAlarm?: (alarm: ProviderAlarm) => void;
};

export type TossPayments = PaymentProvider & ProviderBooks & { close(): Promise<void> };

type Refusal = ErrorAnswer;

/** The payment provider Toss Payments, core API v1. */
export function tossPayments(options: TossPaymentsOptions): TossPayments {
  const exchange = createTossExchange(options);
  const alarm = (
    reason: ProviderAlarm['reason'],
    operation: ProviderAlarm['operation'],
    orderId: string | null,
    detail: string,
  ) => options.onAlarm?.({ reason, operation, orderId, detail });

  const read = (path: string, endpoint: string, orderId: string | null, hidden: readonly string[] = []) =>
    exchange.call(
      { operation: 'lookup', method: 'GET', path, endpoint, shown: { orderId }, hidden, meaning: confirmMeaning },
      readPayment,
    );
  const readOrder = (orderId: string) =>
    read(`/v1/payments/orders/${encodeURIComponent(orderId)}`, 'GET /v1/payments/orders/{orderId}', orderId);
  const readByKey = (key: string) =>
    read(`/v1/payments/${encodeURIComponent(key)}`, 'GET /v1/payments/{paymentKey}', null, [key, encodeURIComponent(key)]);

  async function confirm(request: ConfirmCall): Promise<ConfirmAnswer> {
    const { paymentKey, orderId, amount, idempotencyKey } = request;
    const answer = await exchange.call(
      {
        operation: 'confirm',
        method: 'POST',
        path: '/v1/payments/confirm',
        endpoint: 'POST /v1/payments/confirm',
        body: { paymentKey, orderId, amount },
        idempotencyKey,
        shown: { orderId, amount },
        hidden: [paymentKey],
        meaning: confirmMeaning,
      },
      readPayment,
    );
    if (answer.kind === 'lost') return lost(answer, 'confirm', orderId);
    if (answer.kind === 'payment') {
      if (answer.payment.paymentKey === paymentKey) return approvedIfRight(request, answer.payment);
      return mismatch(request, 'another payment key');
    }
    const meaning = confirmMeaning(answer.code);
    if (meaning === 'final') {
      if (isSuspicious(answer.code)) alarm('configuration', 'confirm', orderId, answer.code);
      return { kind: 'declined', code: answer.code, message: answer.message };
    }
    return asksAfter(answer, meaning)
      ? settleByReading(request, answer, meaning)
      : undecided(answer, meaning, 'confirm', orderId);
  }

  /** The refusal alone does not tell whether the order was charged; the payment does. */
  async function settleByReading(request: ConfirmCall, refusal: Refusal, meaning: Meaning): Promise<ConfirmAnswer> {
    const answer = await readOrder(request.orderId);
    if (answer.kind === 'error' && answer.code === 'NOT_FOUND_PAYMENT' && (await isOfAnotherOrder(request))) {
      alarm('mismatch', 'confirm', request.orderId, 'the payment key of another order');
      return { kind: 'declined', code: refusal.code, message: refusal.message };
    }
    if (answer.kind !== 'payment') return undecided(refusal, meaning, 'confirm', request.orderId);
    const { paymentKey, status, balanceAmount } = answer.payment;
    if (status === 'DONE') return approvedIfRight(request, answer.payment);
    // the order may have been tried under another key since: that try says nothing about this one
    if (paymentKey !== request.paymentKey) return undecided(refusal, meaning, 'confirm', request.orderId);
    if (status === 'WAITING_FOR_DEPOSIT') return approvedIfRight(request, answer.payment);
    const ended = status === 'ABORTED' || status === 'EXPIRED' || (status.endsWith('CANCELED') && balanceAmount === 0);
    if (ended) return { kind: 'declined', code: refusal.code, message: refusal.message };
    return undecided(refusal, meaning, 'confirm', request.orderId);
  }

  /** Somebody tries a payment that was made for something else: it will never be this order's. */
  async function isOfAnotherOrder({ paymentKey, orderId }: ConfirmCall): Promise<boolean> {
    const answer = await readByKey(paymentKey);
    return answer.kind === 'payment' && answer.payment.paymentKey === paymentKey && answer.payment.orderId !== orderId;
  }

  function approvedIfRight(request: ConfirmCall, payment: ProviderPayment): ConfirmAnswer {
    if (payment.orderId !== request.orderId) return mismatch(request, `order ${payment.orderId}`);
    if (payment.totalAmount !== request.amount)
      return mismatch(request, `${payment.totalAmount} won instead of ${request.amount}`);
    if (!isInWon(payment)) return mismatch(request, `${payment.currency} instead of won`);
    if (payment.status === 'WAITING_FOR_DEPOSIT') return waitingFor(request, payment);
    if (payment.status !== 'DONE') return mismatch(request, `status ${payment.status}`);
    return { kind: 'approved', payment };
  }

  function waitingFor(request: ConfirmCall, payment: ProviderPayment): ConfirmAnswer {
    const { virtualAccount, secret } = payment;
    if (virtualAccount === null || virtualAccount.dueBy === null)
      return mismatch(request, 'a virtual account without a due date');
    return { kind: 'waiting', payment, account: { ...virtualAccount, dueBy: virtualAccount.dueBy }, secret };
  }

  function mismatch(request: ConfirmCall, detail: string): UnknownAnswer {
    alarm('mismatch', 'confirm', request.orderId, detail);
    return { kind: 'unknown', cause: `the provider answered with ${detail}` };
  }

  async function lookupByOrder(orderId: string): Promise<LookupAnswer> {
    const answer = looked(await readOrder(orderId), orderId);
    if (answer.kind !== 'found' || answer.payment.orderId === orderId) return answer;
    alarm('mismatch', 'lookup', orderId, `order ${answer.payment.orderId}`);
    return { kind: 'unknown', cause: 'the provider answered with another order' };
  }

  async function lookupByKey(paymentKey: string): Promise<LookupAnswer> {
    const answer = looked(await readByKey(paymentKey), null);
    if (answer.kind !== 'found' || answer.payment.paymentKey === paymentKey) return answer;
    alarm('mismatch', 'lookup', answer.payment.orderId, 'another payment key');
    return { kind: 'unknown', cause: 'the provider answered with another payment' };
  }

  function looked(answer: PaymentAnswer | ErrorAnswer | LostAnswer, orderId: string | null): LookupAnswer {
    if (answer.kind === 'lost') return lost(answer, 'lookup', orderId);
    if (answer.kind === 'payment') return { kind: 'found', payment: answer.payment };
    if (answer.code === 'NOT_FOUND_PAYMENT') return { kind: 'notFound' };
    return undecided(answer, confirmMeaning(answer.code), 'lookup', orderId);
  }

  async function cancel(request: CancelCall): Promise<CancelAnswer> {
    const { paymentKey, reason, amount, refundableAmount, refundReceiveAccount: account, idempotencyKey } = request;
    const answer = await exchange.call(
      {
        operation: 'cancel',
        method: 'POST',
        path: `/v1/payments/${encodeURIComponent(paymentKey)}/cancel`,
        endpoint: 'POST /v1/payments/{paymentKey}/cancel',
        body: {
          cancelReason: reason,
          refundableAmount,
          ...(amount === undefined ? {} : { cancelAmount: amount }),
          ...(account === undefined ? {} : { refundReceiveAccount: account }),
        },
        idempotencyKey,
        shown: { amount: amount ?? null, refundableAmount, refundAccount: account === undefined ? 'none' : 'given' },
        hidden: [paymentKey, ...(account === undefined ? [] : [account.accountNumber, account.holderName])],
        meaning: cancelMeaning,
      },
      readPayment,
    );
    if (answer.kind === 'lost') return lost(answer, 'cancel', null);
    if (answer.kind === 'payment') return cancelledIfRight(request, answer);
    const meaning = cancelMeaning(answer.code);
    const refused = { kind: 'refused', code: answer.code, message: answer.message } as const;
    if (meaning === 'final') {
      if (isSuspicious(answer.code)) alarm('configuration', 'cancel', null, answer.code);
      return refused;
    }
    if (!asksAfter(answer, meaning)) return undecided(answer, meaning, 'cancel', null);
    const found = await readByKey(paymentKey);
    if (found.kind !== 'payment') return undecided(answer, meaning, 'cancel', null);
    const { payment } = found;
    if (isWhole(request) && isGivenBack(payment)) {
      return { kind: 'cancelled', payment, transactionKey: payment.cancels.at(-1)?.transactionKey ?? null };
    }
    return meaning === 'ask' ? refused : undecided(answer, meaning, 'cancel', payment.orderId);
  }

  function cancelledIfRight(request: CancelCall, { payment }: PaymentAnswer): CancelAnswer {
    const last = payment.cancels.at(-1);
    const ours = payment.paymentKey === request.paymentKey;
    if (ours && last?.amount === (request.amount ?? request.refundableAmount)) {
      return { kind: 'cancelled', payment, transactionKey: last.transactionKey };
    }
    if (ours && last === undefined && isWhole(request) && isGivenBack(payment)) {
      return { kind: 'cancelled', payment, transactionKey: null };
    }
    alarm('mismatch', 'cancel', payment.orderId, `cancelled ${last?.amount ?? 0} won`);
    return { kind: 'unknown', cause: 'the provider cancelled something else' };
  }

  function lost(answer: LostAnswer, operation: ProviderAlarm['operation'], orderId: string | null) {
    if (answer.unreadable) alarm('unreadable', operation, orderId, answer.cause);
    return { kind: 'unknown', cause: answer.cause } as const;
  }

  function undecided(
    refusal: Refusal,
    meaning: Meaning,
    operation: ProviderAlarm['operation'],
    orderId: string | null,
  ): UnknownAnswer {
    if (meaning === 'configuration') alarm('configuration', operation, orderId, refusal.code);
    if (meaning === 'unlisted') alarm('unlistedCode', operation, orderId, refusal.code);
    const repeats = [400, 403, 404].includes(refusal.status) && meaning !== 'configuration' && meaning !== 'inFlight';
    return { kind: 'unknown', cause: refusal.code, ...(repeats ? { keySpent: true } : {}) };
  }

  return {
    confirm,
    lookupByOrder,
    lookupByKey,
    cancel,
    transactions: tossTransactions(exchange, options.transactionPage ?? 1000, (reason, detail) =>
      alarm(reason, 'transactions', null, detail),
    ),
    available: exchange.available,
    close: exchange.close,
  };
}

/** An unlisted code that came with a definite status is worth a look at the payment; a fault or a limit is not. */
const asksAfter = (refusal: Refusal, meaning: Meaning): boolean =>
  meaning === 'ask' || (meaning === 'unlisted' && refusal.status < 500 && refusal.status !== 429);

const isWhole = ({ amount, refundableAmount }: CancelCall): boolean => amount === undefined || amount === refundableAmount;

/**
 * Nothing of it is left with us. An account closed before any deposit is the exception to the rule that only a balance of 0 says so: there
 * was never anything to give back, and what the provider then calls the balance is not documented.
 */
const isGivenBack = ({ status, balanceAmount, virtualAccount, approvedAt, cancels }: ProviderPayment): boolean =>
  (balanceAmount === 0 && cancels.length > 0) || (status === 'CANCELED' && virtualAccount !== null && approvedAt === null);
