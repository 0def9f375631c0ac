import type { OrderId, PaymentKey } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Logger } from '@tiketi/shared-kernel/service/logger.js';
import { keyAfter } from './ids.js';
import type { CancelCall, ConfirmAnswer, PaymentProvider } from './provider.js';

/** A charge that was, or is about to be, asked for. */
export type Charge = {
  readonly orderId: OrderId;
  /** Won; what the provider is asked for, without the points. */
  readonly amount: number;
  readonly paymentKey: PaymentKey;
  /** The idempotency key of the first try; further ones follow from it. */
  readonly providerKey: string;
};

/** How often in one go a spent idempotency key is followed by the next. */
const KEYS_IN_A_ROW = 3;

/** And only while the refusals come quickly, so that the whole stays within the time one call may take. */
const KEYS_WITHIN_MS = 5000;

/** Nobody can be charged any more once the provider's own session has run out: 10 minutes from authentication (Toss, states). */
const SESSION_MS = 10 * 60_000;

type Deps = { readonly provider: PaymentProvider; readonly clock: () => number; readonly logger: Logger };

/** Dealings with the provider whose answers may get lost. Everything here may run twice. */
export const createCharging = ({ provider, clock, logger }: Deps) => {
  /** Asks for the charge; each further key only after the provider has definitely refused the one before. */
  const charge = async ({ orderId, amount, paymentKey, providerKey }: Charge): Promise<ConfirmAnswer> => {
    const begun = clock();
    for (let spent = 0; ; spent += 1) {
      const answer = await provider.confirm({ paymentKey, orderId, amount, idempotencyKey: keyAfter(providerKey, spent) });
      if (answer.kind !== 'unknown' || answer.keySpent !== true) return answer;
      if (spent + 1 >= KEYS_IN_A_ROW || clock() - begun > KEYS_WITHIN_MS) return answer;
    }
  };

  /** Asks the provider what became of a charge nobody heard the outcome of. */
  const ask = async (asked: Charge, requestedAt: Instant): Promise<ConfirmAnswer> => {
    const { orderId, amount, paymentKey } = asked;
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
        if (ours && payment.totalAmount === amount) return { kind: 'approved', payment };
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
        if (payment.balanceAmount === 0) return { kind: 'declined', code: payment.status, message: '' };
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

  /** Gives `amount` of what is left back; the provider's transaction, or undefined while it is not known to be done. */
  const cancel = async (
    orderId: OrderId,
    call: Omit<CancelCall, 'idempotencyKey' | 'amount'> & { readonly amount: number },
    providerKey: string,
  ): Promise<{ readonly transactionKey: string | null } | undefined> => {
    const after = call.refundableAmount - call.amount;
    for (let spent = 0; spent < KEYS_IN_A_ROW; spent += 1) {
      const { amount, ...whole } = call;
      const request = after === 0 && isWhole(call) ? whole : { ...whole, amount };
      const answer = await provider.cancel({ ...request, idempotencyKey: keyAfter(providerKey, spent) });
      if (answer.kind === 'cancelled') return { transactionKey: answer.transactionKey };
      const now = await provider.lookupByOrder(orderId);
      if (now.kind === 'found' && now.payment.balanceAmount === after) return { transactionKey: now.payment.lastTransactionKey };
      if (answer.kind === 'refused') {
        logger.error(
          { orderId, code: answer.code, alarm: 'refund-refused' },
          'the provider refuses a refund: a person has to look',
        );
        return undefined;
      }
      if (answer.keySpent !== true) return undefined;
    }
    return undefined;
  };

  return { charge, ask, cancel };
};

/** Nothing was given back before: the amount need not be named. */
const isWhole = (call: { readonly amount: number; readonly refundableAmount: number }): boolean =>
  call.amount === call.refundableAmount;

export type Charging = ReturnType<typeof createCharging>;
