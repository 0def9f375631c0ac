import type { OrderId, PaymentKey } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Logger } from '@tiketi/shared-kernel/service/logger.js';
import { keyAfter } from './ids.js';
import {
  type CancelCall,
  type ConfirmAnswer,
  endedUnpaid,
  isInWon,
  type PaymentProvider,
  type ProviderPayment,
} from './provider.js';

/** A charge that was, or is about to be, asked for. */
export type Charge = {
  readonly orderId: OrderId;
  /** Won; what the provider is asked for, without the points. */
  readonly amount: number;
  readonly paymentKey: PaymentKey;
  /** The idempotency key of the first try; further ones follow from it. */
  readonly providerKey: string;
  readonly requestedAt: Instant;
};

/** Money to be given back: `amount` of the `refundableAmount` that is left. */
export type GivingBack = Omit<CancelCall, 'idempotencyKey' | 'amount'> & { readonly amount: number };

/** How often in one go a spent idempotency key is followed by the next. */
const KEYS_IN_A_ROW = 3;

/** And only while the refusals come quickly, so that the whole stays within the time one call may take. */
const KEYS_WITHIN_MS = 5000;

/**
 * The provider repeats the refusal of a spent key for 15 days, so one more is tried whenever the time since the first has doubled: never two
 * for one question, and at most eighteen before the first is forgotten.
 */
const NEXT_KEY_AFTER_MS = 30_000;
const laterKeys = (sinceMs: number): number => Math.floor(Math.log2(1 + Math.max(0, sinceMs) / NEXT_KEY_AFTER_MS));

/** Nobody can be charged any more once the provider's own session has run out: 10 minutes from authentication (Toss, states). */
const SESSION_MS = 10 * 60_000;

type Cancelled = { readonly transactionKey: string | null };

type Deps = { readonly provider: PaymentProvider; readonly clock: () => number; readonly logger: Logger };

/** Dealings with the provider whose answers may get lost. Everything here may run twice. */
export const createCharging = ({ provider, clock, logger }: Deps) => {
  /** Asks for the charge; each further key only after the provider has definitely refused the one before. */
  const charge = async ({ orderId, amount, paymentKey, providerKey, requestedAt }: Charge): Promise<ConfirmAnswer> => {
    const begun = clock();
    const most = KEYS_IN_A_ROW + laterKeys(begun - Date.parse(requestedAt));
    for (let spent = 0; ; spent += 1) {
      const answer = await provider.confirm({ paymentKey, orderId, amount, idempotencyKey: keyAfter(providerKey, spent) });
      if (answer.kind !== 'unknown' || answer.keySpent !== true) return answer;
      if (spent + 1 >= most || clock() - begun > KEYS_WITHIN_MS) return answer;
    }
  };

  /** Asks the provider what became of a charge nobody heard the outcome of. */
  const ask = async (asked: Charge): Promise<ConfirmAnswer> => {
    const { orderId, amount, paymentKey, requestedAt } = asked;
    const answer = await provider.lookupByOrder(orderId);
    if (answer.kind === 'unknown') return answer;
    if (answer.kind === 'notFound') {
      const over = clock() > Date.parse(requestedAt) + SESSION_MS;
      return over
        ? { kind: 'declined', code: 'NOT_FOUND_PAYMENT', message: '' }
        : { kind: 'unknown', cause: 'no such payment yet' };
    }
    const { payment } = answer;
    const ours = payment.paymentKey === paymentKey;
    // the buyer opened another checkout for the same order: what became of that one says nothing of ours
    if (!ours && payment.status !== 'DONE') return charge(asked);
    switch (payment.status) {
      case 'DONE':
        if (ours && payment.totalAmount === amount && isInWon(payment)) return { kind: 'approved', payment };
        logger.error({ orderId, alarm: 'payment-mismatch' }, 'the provider charged something else than this order');
        return { kind: 'unknown', cause: 'charged amount or payment differs' };
      case 'WAITING_FOR_DEPOSIT': {
        const { virtualAccount, secret } = payment;
        if (virtualAccount?.dueBy == null) return { kind: 'unknown', cause: 'a virtual account without a due date' };
        return { kind: 'waiting', payment, account: { ...virtualAccount, dueBy: virtualAccount.dueBy }, secret };
      }
      case 'CANCELED':
      case 'PARTIAL_CANCELED':
        // given back in full outside of this system is as good as never charged; a part is for a person to look at
        if (payment.balanceAmount === 0 || endedUnpaid(payment)) return { kind: 'declined', code: payment.status, message: '' };
        logger.error({ orderId, alarm: 'payment-mismatch' }, 'the provider gave part of an open order back');
        return { kind: 'unknown', cause: 'partly cancelled' };
      case 'ABORTED':
      case 'EXPIRED':
        return { kind: 'declined', code: payment.status, message: '' };
      case 'READY':
      case 'IN_PROGRESS':
        return charge(asked);
      default:
        return { kind: 'unknown', cause: `status ${payment.status}` };
    }
  };

  /**
   * Gives `amount` of what is left back, so that not more than the rest stays charged; the provider's transaction, or undefined while it is
   * not known to be done. What somebody gave back at the provider meanwhile counts. `askedAt`: of the first try.
   */
  const cancel = async (
    orderId: OrderId,
    call: GivingBack,
    providerKey: string,
    askedAt: Instant,
  ): Promise<Cancelled | undefined> => {
    const begun = clock();
    const { amount, ...rest } = call;
    const kept = call.refundableAmount - amount;
    const request = kept === 0 ? rest : { ...rest, amount };
    for (let spent = 0; ; spent += 1) {
      const answer = await provider.cancel({ ...request, idempotencyKey: keyAfter(providerKey, spent) });
      if (answer.kind === 'cancelled') return { transactionKey: answer.transactionKey };
      const refused = answer.kind === 'refused';
      const books = spent === 0 ? await booksOf(orderId, call.paymentKey) : undefined;
      if (books !== undefined && books.balanceAmount <= kept) return { transactionKey: books.lastTransactionKey };
      if (!refused && answer.keySpent !== true) return undefined;
      // never in one go with a call whose outcome is open: that one may still give back what is missing
      if (books !== undefined && books.balanceAmount < call.refundableAmount) {
        const left = { ...call, amount: books.balanceAmount - kept, refundableAmount: books.balanceAmount };
        return cancel(orderId, left, `${providerKey}-of-${books.balanceAmount}`, askedAt);
      }
      const most = (refused ? 1 : KEYS_IN_A_ROW) + laterKeys(begun - Date.parse(askedAt));
      if (spent + 1 < most && clock() - begun <= KEYS_WITHIN_MS) continue;
      if (refused) {
        const alarm = { orderId, code: answer.code, alarm: 'refund-refused' };
        logger.error(alarm, 'the provider refuses a refund: a person has to look');
      }
      return undefined;
    }
  };

  /** The payment itself; what became of another checkout of the same order says nothing of it. */
  const booksOf = async (orderId: OrderId, paymentKey: string): Promise<ProviderPayment | undefined> => {
    const answer = await provider.lookupByOrder(orderId);
    return answer.kind === 'found' && answer.payment.paymentKey === paymentKey ? answer.payment : undefined;
  };

  return { charge, ask, cancel };
};

export type Charging = ReturnType<typeof createCharging>;
