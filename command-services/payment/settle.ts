import { PaymentKey } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Logger } from '@tiketi/shared-kernel/service/logger.js';
import { ServiceUnreachable } from '@tiketi/shared-kernel/service/service-client.js';
import { keyAfter, providerKeyOf } from './ids.js';
import type { Asking, Known, Orders } from './orders.js';
import { abandonPayment } from './payment/abandon-payment.js';
import type { Order, Payment } from './payment/payment.js';
import { recordApproval, recordDecline } from './payment/record-outcome.js';
import { recordRefund, requestRefund } from './payment/refund-payment.js';
import { type RequestConfirmRefusal, requestConfirm } from './payment/request-confirm.js';
import type { ConfirmAnswer, PaymentProvider, ProviderPayment } from './provider.js';
import type { ReservationSteps } from './reservations.js';

export type Settled =
  | { readonly kind: 'confirmed'; readonly position: string | null }
  | { readonly kind: 'declined'; readonly code: string }
  /** Charged after the reservation had closed; given back, or being given back. */
  | { readonly kind: 'givenBack' }
  /** Not known yet: the booking process finishes it. */
  | { readonly kind: 'delayed' }
  | { readonly kind: 'refused'; readonly refusal: RequestConfirmRefusal };

type Ports = {
  readonly orders: Orders;
  readonly provider: PaymentProvider;
  readonly reservations: ReservationSteps;
  readonly clock: () => number;
  readonly logger: Logger;
  /** How long one call to the provider may take; until then nobody asks what became of it. */
  readonly providerTimeoutMs: number;
};

/** How often in one go a spent idempotency key is followed by the next. */
const KEYS_IN_A_ROW = 3;

/** And only while the refusals come quickly, so that the whole stays within the time one call may take. */
const KEYS_WITHIN_MS = 5000;

/** Nobody can be charged any more once the provider's own session has run out: 10 minutes from authentication (Toss, states). */
const SESSION_MS = 10 * 60_000;

/** Steps 3 to 6 of confirming a payment, and their repair. Everything here may run twice, at once or after a crash. */
export const createSettlement = (ports: Ports) => {
  const { orders, provider, reservations, clock, logger, providerTimeoutMs } = ports;
  /** Asks for the charge; each further key only after the provider has definitely refused the one before. */
  const charge = async (order: Order, paymentKey: PaymentKey, providerKey: string): Promise<ConfirmAnswer> => {
    const { orderId, cardAmount: amount } = order;
    const begun = clock();
    for (let spent = 0; ; spent += 1) {
      const answer = await provider.confirm({ paymentKey, orderId, amount, idempotencyKey: keyAfter(providerKey, spent) });
      if (answer.kind !== 'unknown' || answer.keySpent !== true) return answer;
      if (spent + 1 >= KEYS_IN_A_ROW || clock() - begun > KEYS_WITHIN_MS) return answer;
    }
  };

  /** What follows from the order as it now stands, whoever brought it there. */
  const standing = async (order: Order, state: Payment, asking: Asking): Promise<Settled> => {
    switch (state.status) {
      case 'approved':
        return confirmReservation(order, asking);
      case 'declined':
        return { kind: 'declined', code: state.code };
      case 'refunding':
      case 'refunded':
        return { kind: 'givenBack' };
      default:
        return { kind: 'delayed' };
    }
  };

  const approved = async (order: Order, charged: ProviderPayment, asking: Asking): Promise<Settled> => {
    const { method, receiptUrl } = charged;
    const paymentKey = PaymentKey.parse(charged.paymentKey);
    const recorded = await orders.decide(
      order,
      'approve',
      (now) => recordApproval({ paymentKey, method, receiptUrl, now }),
      asking,
    );
    if (recorded.kind === 'refused') {
      logger.error(
        { orderId: order.orderId, alarm: 'charge-not-recorded' },
        'the provider charged an order that was never asked for',
      );
    }
    return standing(order, recorded.state, asking);
  };

  const confirmReservation = async (order: Order, asking: Asking): Promise<Settled> => {
    try {
      const confirmed = await reservations.confirm(order);
      if (confirmed !== 'closed') return { kind: 'confirmed', position: confirmed.position };
    } catch (error) {
      if (!(error instanceof ServiceUnreachable))
        logger.error({ err: error, orderId: order.orderId }, 'confirming the reservation failed');
      return { kind: 'delayed' };
    }
    return (await refund(order, asking)) === 'notCharged' ? { kind: 'delayed' } : { kind: 'givenBack' };
  };

  const declined = async (order: Order, code: string, asking: Asking): Promise<Settled> => {
    const recorded = await orders.decide(order, 'decline', (now) => recordDecline({ code, now }), asking);
    // another asker heard of the charge: then that is the truth
    if (recorded.state.status !== 'declined') return standing(order, recorded.state, asking);
    await reservations.failPayment(order, 'declined').catch((error: unknown) => {
      logger.warn({ err: error, orderId: order.orderId }, 'the booking process will tell the reservation of the decline');
    });
    return { kind: 'declined', code };
  };

  const settleBy = async (order: Order, answer: ConfirmAnswer, asking: Asking): Promise<Settled> => {
    switch (answer.kind) {
      case 'approved':
        return approved(order, answer.payment, asking);
      case 'declined':
        return declined(order, answer.code, asking);
      case 'unknown':
        return { kind: 'delayed' };
    }
  };

  /** The buyer's own request: intent, charge, outcome, confirmation. */
  const confirm = async (order: Order, paymentKey: PaymentKey, asking: Asking): Promise<Settled> => {
    const providerKey = providerKeyOf('confirm', order.orderId, paymentKey);
    const intent = await orders.decide(order, 'request', (now) => requestConfirm({ paymentKey, providerKey, now }), asking);
    if (intent.kind === 'refused') {
      return intent.refusal === 'Declined' && intent.state.status === 'declined'
        ? { kind: 'declined', code: intent.state.code }
        : { kind: 'refused', refusal: intent.refusal };
    }
    const { state } = intent;
    if (state.status !== 'requested') return standing(order, state, asking);
    if (state.paymentKey !== paymentKey) return { kind: 'refused', refusal: 'AnotherPaymentKey' };
    return settleBy(order, await charge(order, paymentKey, state.providerKey), asking);
  };

  /** Asks the provider what became of a charge nobody heard the outcome of. */
  const askProvider = async (known: Extract<Known, { status: 'requested' }>): Promise<ConfirmAnswer> => {
    const { order } = known;
    const answer = await provider.lookupByOrder(order.orderId);
    if (answer.kind === 'unknown') return answer;
    if (answer.kind === 'notFound') {
      const over = clock() > Date.parse(known.requestedAt) + SESSION_MS;
      return over
        ? { kind: 'declined', code: 'NOT_FOUND_PAYMENT', message: '' }
        : { kind: 'unknown', cause: 'no such payment yet' };
    }
    const { payment } = answer;
    const ours = payment.paymentKey === known.paymentKey;
    // the buyer opened another checkout for the same order: what became of that one says nothing of ours
    if (!ours && payment.status !== 'DONE') return charge(order, known.paymentKey, known.providerKey);
    switch (payment.status) {
      case 'DONE':
        if (ours && payment.totalAmount === order.cardAmount) return { kind: 'approved', payment };
        logger.error(
          { orderId: order.orderId, alarm: 'payment-mismatch' },
          'the provider charged something else than this order',
        );
        return { kind: 'unknown', cause: 'charged amount or payment differs' };
      case 'CANCELED':
      case 'PARTIAL_CANCELED':
        // given back in full outside of this system is as good as never charged; a part is for a person to look at
        if (payment.balanceAmount === 0) return { kind: 'declined', code: payment.status, message: '' };
        logger.error({ orderId: order.orderId, alarm: 'payment-mismatch' }, 'the provider gave part of an open order back');
        return { kind: 'unknown', cause: 'partly cancelled' };
      case 'ABORTED':
      case 'EXPIRED':
        return { kind: 'declined', code: payment.status, message: '' };
      case 'READY':
      case 'IN_PROGRESS':
        return charge(order, known.paymentKey, known.providerKey);
      default:
        return { kind: 'unknown', cause: `status ${payment.status}` };
    }
  };

  /** For the booking process: how the order stands after asking the provider. */
  const resolve = async (known: Known, asking: Asking): Promise<'approved' | 'declined' | 'abandoned' | 'open' | 'refunded'> => {
    switch (known.status) {
      case 'prepared':
        return 'open';
      case 'requested': {
        // the handler that asked may still be waiting for its answer
        if (clock() < Date.parse(known.requestedAt) + providerTimeoutMs) return 'open';
        const settled = await settleBy(known.order, await askProvider(known), asking);
        if (settled.kind === 'declined') return 'declined';
        return settled.kind === 'delayed' ? statusAfter(known) : 'approved';
      }
      case 'refunding':
        return 'approved';
      default:
        return known.status;
    }
  };

  /** Delayed may mean that the charge is recorded and only the reservation could not be told. */
  const statusAfter = async (known: Known): Promise<'approved' | 'open'> => {
    const again = await orders.find(known.order.orderId);
    return again?.payment.status === 'approved' ? 'approved' : 'open';
  };

  const abandon = async (known: Known, asking: Asking): Promise<'abandoned' | 'declined' | 'open'> => {
    const outcome = await orders.decide(known.order, 'abandon', (now) => abandonPayment({ now }), asking);
    if (outcome.kind === 'refused') return 'open';
    return outcome.state.status === 'declined' ? 'declined' : 'abandoned';
  };

  /** Gives the whole charge back. `refunding`: asked for and not known to be done; it is to be asked for again. */
  const refund = async (order: Order, asking: Asking): Promise<'refunded' | 'refunding' | 'notCharged'> => {
    const before = await orders.find(order.orderId);
    if (before?.payment.status === 'refunded') return 'refunded';
    if (before?.payment.status !== 'approved' && before?.payment.status !== 'refunding') return 'notCharged';
    const { paymentKey } = before.payment;
    const refundKey = providerKeyOf('refund', order.orderId, paymentKey);
    await orders.decide(
      order,
      'request-refund',
      (now) => requestRefund({ reason: 'reservation_closed', refundKey, now }),
      asking,
    );
    const transactionKey = await cancelCharge(order, paymentKey, refundKey);
    if (transactionKey === undefined) return 'refunding';
    await orders.decide(order, 'record-refund', (now) => recordRefund({ transactionKey, now }), asking);
    return 'refunded';
  };

  /** The provider's transaction of the refund, or undefined while it is not known to be done. */
  const cancelCharge = async (order: Order, paymentKey: PaymentKey, refundKey: string): Promise<string | null | undefined> => {
    const { orderId, cardAmount: refundableAmount } = order;
    const reason = 'reservation closed before payment';
    for (let spent = 0; spent < KEYS_IN_A_ROW; spent += 1) {
      const idempotencyKey = keyAfter(refundKey, spent);
      const answer = await provider.cancel({ paymentKey, reason, refundableAmount, idempotencyKey });
      if (answer.kind === 'cancelled') return answer.transactionKey;
      const now = await provider.lookupByOrder(orderId);
      if (now.kind === 'found' && now.payment.balanceAmount === 0) return now.payment.lastTransactionKey;
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

  return { confirm, resolve, abandon, refund };
};

export type Settlement = ReturnType<typeof createSettlement>;
