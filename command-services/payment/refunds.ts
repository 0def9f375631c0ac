import { type OrderId, PaymentKey, RefundId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Logger } from '@tiketi/shared-kernel/service/logger.js';
import type { Charging } from './charging.js';
import { type DepositAccounts, isGivenBackToAccount } from './deposit-accounts.js';
import { providerKeyOf, refundKeyOf } from './ids.js';
import type { Asking, Orders } from './orders.js';
import { type Approved, isRefunded, type Order, type Refund } from './payment/payment.js';
import { type RequestRefund, recordOutside, recordRefund, requestRefund } from './payment/refund-payment.js';
import { type PointsSteps, pointsOf } from './points/points-steps.js';
import type { ProviderPayment } from './provider.js';
import type { ReservationSteps } from './reservations.js';

/** `refunding`: asked for and not known to be done; it is to be asked for again. */
export type RefundOutcome = 'refunded' | 'refunding' | 'notCharged' | 'exceedsCharge';

export type RefundWish = Pick<RequestRefund, 'refundId' | 'amount' | 'reason'>;

type Ports = {
  readonly orders: Orders;
  readonly charging: Charging;
  readonly points: PointsSteps;
  readonly accounts: Pick<DepositAccounts, 'refundAccount'>;
  readonly reservations: Pick<ReservationSteps, 'refundedOutside'>;
  readonly logger: Logger;
};

/** What the provider and the buyer's bank statement call it. */
const REASONS: { readonly [R in Refund['reason']]: string } = {
  reservation_closed: 'reservation closed before payment',
  reservation_cancelled: 'reservation cancelled',
  show_cancelled: 'show cancelled',
  goodwill: 'goodwill',
  outside: 'refunded by the provider',
};

/** The one refund of an order whose reservation did not come to be. */
export const CLOSED = RefundId.parse('closed');

/** Giving money and points back: the intent first, then the provider, then the points, then the outcome. Everything may run twice. */
export const createRefunds = (ports: Ports) => {
  const { orders, charging, points, accounts, reservations, logger } = ports;

  const approvedOrder = async (orderId: OrderId): Promise<Approved | undefined> => {
    const found = await orders.find(orderId);
    return found?.payment.status === 'approved' ? found.payment : undefined;
  };

  /** The provider's transaction; null where it had no part in it; undefined while it is not known to be done. */
  const cardPart = async (state: Approved, refund: Refund): Promise<string | null | undefined> => {
    const { order, paymentKey } = state;
    if (refund.cardAmount === 0 || paymentKey === null) return null;
    const before = state.refunds.filter(({ refundId }) => refundId !== refund.refundId);
    const refundableAmount = before.reduce((left, { cardAmount }) => left - cardAmount, order.cardAmount as number);
    const call = { paymentKey, reason: REASONS[refund.reason], amount: refund.cardAmount, refundableAmount };
    const given = isGivenBackToAccount(state.method) ? await accounts.refundAccount(order.orderId) : undefined;
    // another account is another question: under the same key the provider would repeat what it said of the one before
    const key = given === undefined ? refund.providerKey : `${refund.providerKey}-to-${given.version}`;
    const giving = given === undefined ? call : { ...call, refundReceiveAccount: given.account };
    return (await charging.cancel(order.orderId, giving, key, refund.requestedAt))?.transactionKey;
  };

  const pointPart = async ({ order }: Approved, refund: Refund, asking: Asking): Promise<void> => {
    if (refund.pointAmount === 0) return;
    // what was never spent was never more than held, unless some of it was given back before
    const first = order.pointAmount === refund.pointAmount;
    if (refund.reason === 'reservation_closed' && first) return points.void(pointsOf(order), asking);
    await points.refund(pointsOf(order), { refundId: refund.refundId, amount: refund.pointAmount }, asking);
  };

  const record = async (order: Order, refundId: RefundId, transactionKey: string | null, asking: Asking): Promise<void> => {
    const step = refundId === CLOSED ? 'record-refund' : `record-refund:${refundId}`;
    const recorded = await orders.decide(order, step, (now) => recordRefund({ refundId, transactionKey, now }), asking);
    if (recorded.kind === 'refused') throw new Error(`refund ${refundId} of order ${order.orderId} was never asked for`);
  };

  /** Finishes a refund that was asked for; one that was not (nothing was left to give back) is done. */
  const finish = async (orderId: OrderId, refundId: RefundId, asking: Asking): Promise<RefundOutcome> => {
    const state = await approvedOrder(orderId);
    if (state === undefined) return 'notCharged';
    const refund = state.refunds.find((one) => one.refundId === refundId);
    if (refund === undefined || refund.status === 'done') return 'refunded';
    if (refund.reason === 'outside') return finishOutside(state, refund, asking);
    const transactionKey = await cardPart(state, refund);
    if (transactionKey === undefined) return 'refunding';
    await pointPart(state, refund, asking);
    await record(state.order, refundId, transactionKey, asking);
    return 'refunded';
  };

  const refund = async (order: Order, wish: RefundWish, asking: Asking): Promise<RefundOutcome> => {
    const state = await approvedOrder(order.orderId);
    if (state === undefined) return 'notCharged';
    const providerKey = refundKey(state, wish.refundId);
    const step = wish.refundId === CLOSED ? 'request-refund' : `request-refund:${wish.refundId}`;
    const asked = await orders.decide(order, step, (now) => requestRefund({ ...wish, providerKey, now }), asking);
    if (asked.kind === 'accepted') return finish(order.orderId, wish.refundId, asking);
    switch (asked.refusal) {
      case 'NotApproved':
        return 'notCharged';
      case 'ExceedsCharge':
        return 'exceedsCharge';
      case 'RefundInProgress': {
        const open = state.refunds.find(({ status }) => status === 'requested');
        if (open !== undefined) await finish(order.orderId, open.refundId, asking);
        return 'refunding';
      }
    }
  };

  const finishOutside = async (state: Approved, refund: Refund, asking: Asking): Promise<RefundOutcome> => {
    await pointPart(state, refund, asking);
    await record(state.order, refund.refundId, null, asking);
    const after = await approvedOrder(state.order.orderId);
    if (after !== undefined && isRefunded(after)) await reservations.refundedOutside(state.order, asking);
    return 'refunded';
  };

  /** Compares the provider's books with ours; true where they showed a refund we knew nothing of, which is now recorded. */
  const hearOutside = async (state: Approved, books: ProviderPayment, asking: Asking): Promise<boolean> => {
    const ours = state.refunds.reduce((sum, { cardAmount }) => sum + cardAmount, 0);
    const theirs = state.order.cardAmount - books.balanceAmount;
    if (books.paymentKey !== state.paymentKey || theirs <= ours || state.refunds.some(({ status }) => status === 'requested'))
      return false;
    const { orderId } = state.order;
    const transactionKey = books.lastTransactionKey;
    const refundId = RefundId.parse(`${OUTSIDE}${(transactionKey ?? String(theirs)).replace(/[^A-Za-z0-9_-]/g, '').slice(-50)}`);
    const alarm = { orderId, cardAmount: theirs - ours, alarm: 'refunded-outside' };
    logger.error(alarm, 'the provider gave back what nobody here asked for');
    const asked = await orders.decide(
      state.order,
      `record-outside:${refundId}`,
      (now) => recordOutside({ refundId, cameBack: theirs, now }),
      asking,
    );
    if (asked.kind === 'refused') return false;
    await finish(orderId, refundId, asking);
    return true;
  };

  return {
    refund,
    finish,
    hearOutside,
    /** The whole charge of a reservation that did not come to be. */
    giveBack: (order: Order, asking: Asking) =>
      refund(order, { refundId: CLOSED, amount: 'all', reason: 'reservation_closed' }, asking),
  };
};

const OUTSIDE = 'outside-';

const refundKey = ({ order, paymentKey }: Approved, refundId: RefundId): string => {
  const key = paymentKey ?? PaymentKey.parse('points');
  return refundId === CLOSED ? providerKeyOf('refund', order.orderId, key) : refundKeyOf(order.orderId, key, refundId);
};

export type Refunds = ReturnType<typeof createRefunds>;
