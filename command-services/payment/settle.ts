import { type OrderId, PaymentKey } from '@tiketi/shared-kernel/contracts/ids.js';
import { type Instant, millisecondsOf } from '@tiketi/shared-kernel/contracts/time.js';
import type { Logger } from '@tiketi/shared-kernel/service/logger.js';
import { ServiceUnreachable } from '@tiketi/shared-kernel/service/service-client.js';
import type { Charge, Charging } from './charging.js';
import type { DepositAccounts } from './deposit-accounts.js';
import { providerKeyOf } from './ids.js';
import type { Asking, Known, Orders } from './orders.js';
import { abandonPayment } from './payment/abandon-payment.js';
import { isRefunded, type Order, type Payment } from './payment/payment.js';
import { approveByPoints, recordAccount, recordApproval, recordDecline, recordReversal } from './payment/record-outcome.js';
import { type RequestConfirmRefusal, requestConfirm } from './payment/request-confirm.js';
import { type PointsSteps, pointsOf } from './points/points-steps.js';
import {
  type ConfirmAnswer,
  endedUnpaid,
  type IssuedAccount,
  isInWon,
  type PaymentProvider,
  type ProviderBooks,
  type ProviderPayment,
} from './provider.js';
import type { Refunds } from './refunds.js';
import type { ReservationSteps } from './reservations.js';

export type SettleRefusal = RequestConfirmRefusal | 'PointsShort' | 'DepositNotOffered';

export type Settled =
  | { readonly kind: 'confirmed'; readonly position: string | null }
  | { readonly kind: 'awaitingDeposit'; readonly account: IssuedAccount | undefined; readonly dueBy: Instant }
  | { readonly kind: 'declined'; readonly code: string }
  /** Charged after the reservation had closed; given back, or being given back. */
  | { readonly kind: 'givenBack' }
  /** Not known yet: the booking process finishes it. */
  | { readonly kind: 'delayed' }
  | { readonly kind: 'refused'; readonly refusal: SettleRefusal };

/** How an order stands for the booking process. `open` means: ask again later. */
export type Standing = 'approved' | 'declined' | 'abandoned' | 'awaitingDeposit' | 'open' | 'refunded';

/** What listening to the provider about one order led to. */
export type Heard = Standing | 'unknownOrder' | 'mismatch';

type Ports = {
  readonly orders: Orders;
  readonly provider: PaymentProvider & Pick<ProviderBooks, 'lookupByKey'>;
  readonly charging: Charging;
  readonly refunds: Refunds;
  readonly points: PointsSteps;
  readonly accounts: DepositAccounts;
  readonly reservations: ReservationSteps;
  readonly clock: () => number;
  readonly logger: Logger;
  /** How long one call to the provider may take; until then nobody asks what became of it. */
  readonly providerTimeoutMs: number;
};

type Requested = Extract<Known, { status: 'requested' }>;
type Awaiting = Extract<Known, { status: 'awaitingDeposit' }>;

const standingOf = (state: Payment): Standing => {
  switch (state.status) {
    case 'none':
    case 'prepared':
    case 'requested':
      return 'open';
    case 'approved':
      return isRefunded(state) ? 'refunded' : 'approved';
    default:
      return state.status;
  }
};

const chargeOf = ({ order, paymentKey, providerKey, requestedAt }: Requested): Charge => ({
  orderId: order.orderId,
  amount: order.cardAmount,
  paymentKey,
  providerKey,
  requestedAt,
});

const earlier = (a: Instant, b: Instant): Instant => (millisecondsOf(a) <= millisecondsOf(b) ? a : b);

/** Steps 1 to 6 of confirming a payment on this side, and their repair. Everything here may run twice, at once or after a crash. */
export const createSettlement = (ports: Ports) => {
  const { orders, provider, charging, refunds, points, accounts, reservations, clock, logger, providerTimeoutMs } = ports;

  const stateOf = async (orderId: OrderId): Promise<Payment> => (await orders.find(orderId))?.payment ?? { status: 'none' };

  /** What follows from the order as it now stands, whoever brought it there. */
  const standing = async (order: Order, state: Payment, asking: Asking): Promise<Settled> => {
    switch (state.status) {
      case 'approved':
        return state.refunds.some(({ reason }) => reason === 'reservation_closed')
          ? { kind: 'givenBack' }
          : confirmReservation(order, asking);
      case 'declined':
        return { kind: 'declined', code: state.code };
      case 'abandoned':
        return { kind: 'refused', refusal: 'Abandoned' };
      case 'awaitingDeposit':
        return stillAwaiting(state, asking);
      default:
        return { kind: 'delayed' };
    }
  };

  /** What was told when the account was issued; where the reservation cannot be asked, the earliest due date that is known. */
  const stillAwaiting = async (state: Awaiting, asking: Asking): Promise<Settled> => {
    const { order } = state;
    const account = await accounts.find(order.orderId);
    try {
      const awaited = await reservations.awaitDeposit(order, state.dueBy, asking);
      if (awaited !== 'closed') return { kind: 'awaitingDeposit', account, dueBy: awaited.dueBy };
    } catch (error) {
      logger.warn({ err: error, orderId: order.orderId }, 'the reservation could not be asked how long it waits');
      return { kind: 'awaitingDeposit', account, dueBy: earlier(account?.dueBy ?? state.dueBy, state.dueBy) };
    }
    return notAwaited(state, asking);
  };

  const notAwaited = async (state: Awaiting, asking: Asking): Promise<Settled> => {
    await closeDeposit(state, asking);
    const now = await stateOf(state.order.orderId);
    // the transfer came after all: then it goes back
    if (now.status === 'approved') return standing(now.order, now, asking);
    return { kind: 'refused', refusal: 'DepositNotOffered' };
  };

  const confirmReservation = async (order: Order, asking: Asking): Promise<Settled> => {
    try {
      const confirmed = await reservations.confirm(order, asking);
      if (confirmed !== 'closed') return { kind: 'confirmed', position: confirmed.position };
    } catch (error) {
      if (!(error instanceof ServiceUnreachable))
        logger.error({ err: error, orderId: order.orderId }, 'confirming the reservation failed');
      return { kind: 'delayed' };
    }
    return (await refunds.giveBack(order, asking)) === 'notCharged' ? { kind: 'delayed' } : { kind: 'givenBack' };
  };

  const approved = async (order: Order, charged: ProviderPayment, asking: Asking): Promise<Settled> => {
    const { method, receiptUrl } = charged;
    const paymentKey = PaymentKey.parse(charged.paymentKey);
    const approve = (now: Instant) => recordApproval({ paymentKey, method, receiptUrl, now });
    const recorded = await orders.decide(order, 'approve', approve, asking);
    if (recorded.kind === 'refused') {
      logger.error(
        { orderId: order.orderId, alarm: 'charge-not-recorded' },
        'the provider charged an order that was never asked for',
      );
    }
    return standing(order, recorded.state, asking);
  };

  /** The order has ended without a charge: its points first, then its reservation. What fails here the booking process does. */
  const release = async (order: Order, reason: 'declined' | 'abandoned', asking: Asking): Promise<void> => {
    try {
      if (order.pointAmount > 0) await points.void(pointsOf(order), asking);
      await reservations.failPayment(order, reason, asking);
    } catch (error) {
      logger.warn(
        { err: error, orderId: order.orderId },
        `the booking process will tell the reservation that its payment was ${reason}`,
      );
    }
  };

  const declined = async (order: Order, code: string, asking: Asking): Promise<Settled> => {
    const recorded = await orders.decide(order, 'decline', (now) => recordDecline({ code, now }), asking);
    // another asker heard of the charge: then that is the truth
    if (recorded.state.status !== 'declined') return standing(order, recorded.state, asking);
    await release(order, 'declined', asking);
    return { kind: 'declined', code: recorded.state.code };
  };

  /** A virtual account was issued: its reservation waits for the transfer, or it is closed again. */
  const waiting = async (order: Order, answer: Extract<ConfirmAnswer, { kind: 'waiting' }>, asking: Asking): Promise<Settled> => {
    const { account, secret } = answer;
    await accounts.save(order.orderId, account, secret);
    const paymentKey = PaymentKey.parse(answer.payment.paymentKey);
    const issue = (now: Instant) => recordAccount({ paymentKey, dueBy: account.dueBy, now });
    const recorded = await orders.decide(order, 'issue-account', issue, asking);
    const { state } = recorded;
    if (state.status !== 'awaitingDeposit') return standing(order, state, asking);
    try {
      const awaited = await reservations.awaitDeposit(order, account.dueBy, asking);
      if (awaited !== 'closed') {
        const { dueBy } = awaited;
        // kept, so that a repeat tells the same while the reservation cannot be asked
        if (dueBy !== account.dueBy) await accounts.save(order.orderId, { ...account, dueBy }, secret);
        return { kind: 'awaitingDeposit', account, dueBy };
      }
    } catch (error) {
      logger.warn({ err: error, orderId: order.orderId }, 'the booking process will tell the reservation of the account');
      return { kind: 'delayed' };
    }
    return notAwaited(state, asking);
  };

  const settleBy = async (order: Order, answer: ConfirmAnswer, asking: Asking): Promise<Settled> => {
    switch (answer.kind) {
      case 'approved':
        return approved(order, answer.payment, asking);
      case 'waiting':
        return waiting(order, answer, asking);
      case 'declined':
        return declined(order, answer.code, asking);
      case 'unknown':
        return { kind: 'delayed' };
    }
  };

  /** undefined: the points are held, or none are needed. */
  const holdPoints = async (order: Order, asking: Asking): Promise<Settled | undefined> => {
    if (order.pointAmount === 0) return undefined;
    const held = await points.hold(pointsOf(order), asking);
    if (held === 'held') return undefined;
    if (held === 'closed') {
      const ended = await standing(order, await stateOf(order.orderId), asking);
      return ended.kind === 'delayed' ? { kind: 'refused', refusal: 'Abandoned' } : ended;
    }
    const closed = await orders.decide(order, 'abandon', (now) => abandonPayment({ now }), asking);
    // it was asked for after all: then its points are held, by whoever asked
    if (closed.kind === 'refused') return standing(order, closed.state, asking);
    await release(order, 'abandoned', asking);
    return { kind: 'refused', refusal: 'PointsShort' };
  };

  const payByPoints = async (order: Order, asking: Asking): Promise<Settled> => {
    const paid = await orders.decide(order, 'approve', (now) => approveByPoints({ now }), asking);
    return standing(order, paid.state, asking);
  };

  /** The buyer's own request: points, intent, charge, outcome, confirmation. `paymentKey` is missing only where points pay all of it. */
  const confirm = async (order: Order, paymentKey: PaymentKey | undefined, asking: Asking): Promise<Settled> => {
    const ended = await holdPoints(order, asking);
    if (ended !== undefined) return ended;
    if (order.cardAmount === 0 || paymentKey === undefined) return payByPoints(order, asking);
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
    return settleBy(order, await charging.charge(chargeOf(state)), asking);
  };

  /** For the booking process: how the order stands after asking the provider. */
  const resolve = async (known: Known, asking: Asking): Promise<Standing> => {
    if (known.status !== 'requested') return standingOf(known);
    // the handler that asked may still be waiting for its answer
    if (clock() < Date.parse(known.requestedAt) + providerTimeoutMs) return 'open';
    await settleBy(known.order, await charging.ask(chargeOf(known)), asking);
    return standingOf(await stateOf(known.order.orderId));
  };

  const abandon = async (known: Known, asking: Asking): Promise<Standing> => {
    const { order } = known;
    const outcome = await orders.decide(order, 'abandon', (now) => abandonPayment({ now }), asking);
    if (outcome.kind === 'refused') return 'open';
    if (order.pointAmount > 0) await points.void(pointsOf(order), asking);
    return standingOf(outcome.state);
  };

  /** The time for the transfer is over, or nobody wants it any more: asks whether it came, and closes the account if not. */
  const closeDeposit = async ({ order, paymentKey, dueBy, issuedAt }: Awaiting, asking: Asking): Promise<Standing> => {
    const { orderId, cardAmount } = order;
    // by its own key: of another checkout of the same order there is nothing to conclude
    const books = await provider.lookupByKey(paymentKey);
    if (books.kind !== 'found') return 'open';
    if (books.payment.status === 'DONE') return hearApproval(order, books.payment, asking);
    if (books.payment.status === 'WAITING_FOR_DEPOSIT') {
      const call = { paymentKey, reason: 'not paid in time', amount: cardAmount, refundableAmount: cardAmount };
      const closed = await charging.cancel(orderId, call, providerKeyOf('close', orderId, paymentKey), issuedAt);
      // past its due date nothing can be paid into the account, whether the provider closes it or not
      if (closed === undefined && clock() < Date.parse(dueBy) + DEPOSIT_GRACE_MS) return 'open';
    } else if (books.payment.balanceAmount > 0 && !endedUnpaid(books.payment)) {
      return 'open';
    }
    await declined(order, 'DEPOSIT_NOT_MADE', asking);
    return standingOf(await stateOf(orderId));
  };

  /** Nobody waits for this order any more: it is to end, with or without a charge. */
  const close = async (known: Known, asking: Asking): Promise<Standing> => {
    if (known.status === 'prepared') return abandon(known, asking);
    if (known.status === 'awaitingDeposit') return closeDeposit(known, asking);
    if (known.status !== 'requested') return standingOf(known);
    const outcome = await resolve(known, asking);
    if (outcome !== 'awaitingDeposit') return outcome;
    const now = await stateOf(known.order.orderId);
    return now.status === 'awaitingDeposit' ? closeDeposit(now, asking) : standingOf(now);
  };

  const hearApproval = async (order: Order, books: ProviderPayment, asking: Asking): Promise<Standing> => {
    if (books.totalAmount !== order.cardAmount || !isInWon(books)) {
      logger.error(
        { orderId: order.orderId, alarm: 'payment-mismatch' },
        'the provider charged another amount than that of this order',
      );
      return 'open';
    }
    await approved(order, books, asking);
    return standingOf(await stateOf(order.orderId));
  };

  /**
   * Something was said about an order, by whomever: only what the provider itself answers now is believed. Definite answers are recorded,
   * refunds nobody here asked for too; what the request under way will hear by itself is left to it.
   */
  const hear = async (orderId: OrderId, asking: Asking): Promise<Heard> => {
    const known = await stateOf(orderId);
    if (known.status === 'none') return 'unknownOrder';
    const { order } = known;
    const answer = await (known.status === 'awaitingDeposit'
      ? provider.lookupByKey(known.paymentKey)
      : provider.lookupByOrder(orderId));
    if (answer.kind !== 'found') return standingOf(known);
    const books = answer.payment;
    // another checkout of an order that is paid says nothing of it; what it took is the reconciliation's to give back
    if (known.status === 'approved' && books.paymentKey !== known.paymentKey) return standingOf(known);
    const charged = books.status === 'DONE';
    const otherSum = books.totalAmount !== order.cardAmount || !isInWon(books);
    if (charged && (otherSum || known.status === 'prepared' || known.status === 'abandoned')) {
      logger.error({ orderId, alarm: 'payment-mismatch' }, 'the provider charged what this order never asked for');
      return 'mismatch';
    }
    switch (known.status) {
      case 'requested':
        return charged && books.paymentKey === known.paymentKey ? hearApproval(order, books, asking) : resolve(known, asking);
      case 'awaitingDeposit':
        if (charged) return hearApproval(order, books, asking);
        return books.status === 'WAITING_FOR_DEPOSIT' ? 'awaitingDeposit' : closeDeposit(known, asking);
      case 'declined':
        return charged ? hearApproval(order, books, asking) : 'declined';
      case 'approved': {
        if (books.status === 'WAITING_FOR_DEPOSIT') {
          logger.error({ orderId, alarm: 'deposit-reversed' }, 'the bank took a deposit back: a person has to look');
          await orders.decide(order, 'reverse-deposit', (now) => recordReversal({ now }), asking);
          return 'mismatch';
        }
        await refunds.hearOutside(known, books, asking);
        return standingOf(await stateOf(orderId));
      }
      default:
        return standingOf(known);
    }
  };

  return { confirm, resolve, abandon, close, hear };
};

/** Banks settle a little late; after this a transfer to a closed account is the bank's to return. */
const DEPOSIT_GRACE_MS = 10 * 60_000;

export type Settlement = ReturnType<typeof createSettlement>;
