import type {
  CancelAnswer,
  CancelCall,
  ConfirmAnswer,
  ConfirmCall,
  LookupAnswer,
  PaymentProvider,
  ProviderAlarm,
  ProviderPayment,
  UnknownAnswer,
} from '../provider.js';
import type { TossAnswer } from './answers.js';
import { cancelMeaning, confirmMeaning, isSuspicious, type Meaning } from './error-codes.js';
import { createTossExchange, type TossExchangeOptions } from './exchange.js';

export type TossPaymentsOptions = TossExchangeOptions & {
  /** Hears of what an operator must see. Must not throw. */
  onAlarm?: (alarm: ProviderAlarm) => void;
};

export type TossPayments = PaymentProvider & { close(): Promise<void> };

type Refusal = Extract<TossAnswer, { kind: 'error' }>;

/** The payment provider Toss Payments, core API v1. */
export function tossPayments(options: TossPaymentsOptions): TossPayments {
  const exchange = createTossExchange(options);
  const alarm = (
    reason: ProviderAlarm['reason'],
    operation: ProviderAlarm['operation'],
    orderId: string | null,
    detail: string,
  ) => options.onAlarm?.({ reason, operation, orderId, detail });

  const read = (path: string, endpoint: string, orderId: string | null): Promise<TossAnswer> =>
    exchange.call({ operation: 'lookup', method: 'GET', path, endpoint, shown: { orderId }, meaning: confirmMeaning });
  const readOrder = (orderId: string) =>
    read(`/v1/payments/orders/${encodeURIComponent(orderId)}`, 'GET /v1/payments/orders/{orderId}', orderId);
  const readPayment = (key: string) => read(`/v1/payments/${encodeURIComponent(key)}`, 'GET /v1/payments/{paymentKey}', null);

  async function confirm(request: ConfirmCall): Promise<ConfirmAnswer> {
    const { paymentKey, orderId, amount, idempotencyKey } = request;
    const answer = await exchange.call({
      operation: 'confirm',
      method: 'POST',
      path: '/v1/payments/confirm',
      endpoint: 'POST /v1/payments/confirm',
      body: { paymentKey, orderId, amount },
      idempotencyKey,
      shown: { orderId, amount },
      meaning: confirmMeaning,
    });
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
    if (answer.kind !== 'payment') return undecided(refusal, meaning, 'confirm', request.orderId);
    const { paymentKey, status, balanceAmount } = answer.payment;
    if (status === 'DONE') return approvedIfRight(request, answer.payment);
    // the order may have been tried under another key since: that try says nothing about this one
    if (paymentKey !== request.paymentKey) return undecided(refusal, meaning, 'confirm', request.orderId);
    const ended = status === 'ABORTED' || status === 'EXPIRED' || (status.endsWith('CANCELED') && balanceAmount === 0);
    if (ended) return { kind: 'declined', code: refusal.code, message: refusal.message };
    return undecided(refusal, meaning, 'confirm', request.orderId);
  }

  function approvedIfRight(request: ConfirmCall, payment: ProviderPayment): ConfirmAnswer {
    if (payment.orderId !== request.orderId) return mismatch(request, `order ${payment.orderId}`);
    if (payment.totalAmount !== request.amount)
      return mismatch(request, `${payment.totalAmount} won instead of ${request.amount}`);
    if (payment.status !== 'DONE') return mismatch(request, `status ${payment.status}`);
    return { kind: 'approved', payment };
  }

  function mismatch(request: ConfirmCall, detail: string): UnknownAnswer {
    alarm('mismatch', 'confirm', request.orderId, detail);
    return { kind: 'unknown', cause: `the provider answered with ${detail}` };
  }

  async function lookupByOrder(orderId: string): Promise<LookupAnswer> {
    const answer = await readOrder(orderId);
    if (answer.kind === 'lost') return lost(answer, 'lookup', orderId);
    if (answer.kind === 'error') {
      if (answer.code === 'NOT_FOUND_PAYMENT') return { kind: 'notFound' };
      return undecided(answer, confirmMeaning(answer.code), 'lookup', orderId);
    }
    if (answer.payment.orderId === orderId) return { kind: 'found', payment: answer.payment };
    alarm('mismatch', 'lookup', orderId, `order ${answer.payment.orderId}`);
    return { kind: 'unknown', cause: 'the provider answered with another order' };
  }

  async function cancel(request: CancelCall): Promise<CancelAnswer> {
    const { paymentKey, reason, amount, refundableAmount, idempotencyKey } = request;
    const answer = await exchange.call({
      operation: 'cancel',
      method: 'POST',
      path: `/v1/payments/${encodeURIComponent(paymentKey)}/cancel`,
      endpoint: 'POST /v1/payments/{paymentKey}/cancel',
      body: { cancelReason: reason, refundableAmount, ...(amount === undefined ? {} : { cancelAmount: amount }) },
      idempotencyKey,
      shown: { amount: amount ?? null, refundableAmount },
      meaning: cancelMeaning,
    });
    if (answer.kind === 'lost') return lost(answer, 'cancel', null);
    if (answer.kind === 'payment') return cancelledIfRight(request, answer);
    const meaning = cancelMeaning(answer.code);
    const refused = { kind: 'refused', code: answer.code, message: answer.message } as const;
    if (meaning === 'final') {
      if (isSuspicious(answer.code)) alarm('configuration', 'cancel', null, answer.code);
      return refused;
    }
    if (!asksAfter(answer, meaning)) return undecided(answer, meaning, 'cancel', null);
    const found = await readPayment(paymentKey);
    if (found.kind !== 'payment') return undecided(answer, meaning, 'cancel', null);
    const all = amount === undefined || amount === refundableAmount;
    const { payment, lastCancel } = found;
    if (all && payment.balanceAmount === 0 && lastCancel !== undefined) {
      return { kind: 'cancelled', payment, transactionKey: lastCancel.transactionKey };
    }
    return meaning === 'ask' ? refused : undecided(answer, meaning, 'cancel', payment.orderId);
  }

  function cancelledIfRight(request: CancelCall, answer: Extract<TossAnswer, { kind: 'payment' }>): CancelAnswer {
    const { payment, lastCancel } = answer;
    const right =
      payment.paymentKey === request.paymentKey && lastCancel?.cancelAmount === (request.amount ?? request.refundableAmount);
    if (right && lastCancel !== undefined) return { kind: 'cancelled', payment, transactionKey: lastCancel.transactionKey };
    alarm('mismatch', 'cancel', payment.orderId, `cancelled ${lastCancel?.cancelAmount ?? 0} won`);
    return { kind: 'unknown', cause: 'the provider cancelled something else' };
  }

  function lost(answer: Extract<TossAnswer, { kind: 'lost' }>, operation: ProviderAlarm['operation'], orderId: string | null) {
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

  return { confirm, lookupByOrder, cancel, available: exchange.available, close: exchange.close };
}

/** An unlisted code that came with a definite status is worth a look at the payment; a fault or a limit is not. */
const asksAfter = (refusal: Refusal, meaning: Meaning): boolean =>
  meaning === 'ask' || (meaning === 'unlisted' && refusal.status < 500 && refusal.status !== 429);
