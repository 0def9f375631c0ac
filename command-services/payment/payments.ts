import type {
  CancelPaymentRequest,
  ConfirmRequest,
  PaymentView,
  Prepared,
  PrepareRequest,
} from '@tiketi/shared-kernel/contracts/http/payments.js';
import { type OrderId, type PaymentKey, RefundId, type UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import type { Logger } from '@tiketi/shared-kernel/service/logger.js';
import { ServiceProblem, ServiceUnreachable } from '@tiketi/shared-kernel/service/service-client.js';
import { type DepositAccounts, isGivenBackToAccount } from './deposit-accounts.js';
import { goodwillIdOf, orderIdOf } from './ids.js';
import type { Asking, Known, Orders } from './orders.js';
import { type Order, refundable } from './payment/payment.js';
import { preparePayment } from './payment/prepare-payment.js';
import { viewOf } from './payment-view.js';
import type { PointsSteps } from './points/points-steps.js';
import { passedOn, problemOf, providerDown, reservationsUnavailable } from './problems.js';
import type { PaymentProvider } from './provider.js';
import type { RefundOutcome, Refunds } from './refunds.js';
import type { ReservationSteps } from './reservations.js';
import type { Settled, Settlement } from './settle.js';

type Ports = {
  readonly orders: Orders;
  readonly reservations: ReservationSteps;
  readonly settlement: Settlement;
  readonly refunds: Refunds;
  readonly points: Pick<PointsSteps, 'available'>;
  readonly accounts: Pick<DepositAccounts, 'saveRefundAccount'>;
  readonly provider: Pick<PaymentProvider, 'available' | 'lookupByOrder'>;
  readonly clientKey: string;
  readonly checkoutUrl: string | undefined;
  readonly logger: Logger;
};

/** What the reservation service says no to is passed on; where it cannot be asked, that is said. */
const fromReservations = async <T>(asked: Promise<T>): Promise<T> => {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ServiceProblem && error.status < 500) throw passedOn(error);
    if (error instanceof ServiceProblem || error instanceof ServiceUnreachable) throw reservationsUnavailable();
    throw error;
  }
};

/** What is being given back because the booking is over already: asked again, perhaps with an account that can be paid to, it goes on. */
const givingBack = (payment: Known): RefundId | undefined =>
  payment.status === 'approved'
    ? payment.refunds.find(({ status, reason }) => status === 'requested' && reason !== 'goodwill')?.refundId
    : undefined;

/** What a buyer may ask of payments. Everything throws problems. */
export const createPayments = (ports: Ports) => {
  const { orders, reservations, settlement, logger } = ports;
  /** A double click waits for the first one's outcome. */
  const running = new Map<OrderId, { readonly paymentKey: PaymentKey | undefined; readonly settled: Promise<Settled> }>();

  const ownOrder = async (orderId: OrderId, userId: UserId): Promise<Known> => {
    const found = await orders.find(orderId);
    if (found === undefined || found.payment.order.userId !== userId) throw problemOf('PaymentNotFound');
    return found.payment;
  };

  const prepare = async (
    { reservationId, pointAmount }: PrepareRequest,
    userId: UserId,
    idempotencyKey: string,
    asking: Asking,
  ): Promise<Prepared> => {
    const reservation = await fromReservations(reservations.find(reservationId, asking));
    if (reservation === undefined || reservation.userId !== userId) throw problemOf('PaymentNotFound');
    if (reservation.status === 'expired') throw problemOf('ReservationExpired');
    if (reservation.status !== 'pending' && reservation.status !== 'paying') throw problemOf('ReservationNotPending');
    const { totalAmount } = reservation;
    if (pointAmount > totalAmount) throw problemOf('PointsExceedTotal');
    // said early to spare the buyer a checkout; the hold of the points is what decides
    if (pointAmount > 0 && (await ports.points.available(userId)) < pointAmount) throw problemOf('PointsShort');
    const order: Order = {
      orderId: orderIdOf(reservationId, idempotencyKey),
      reservationId,
      userId,
      performanceId: reservation.performanceId,
      amount: totalAmount,
      cardAmount: Won.parse(totalAmount - pointAmount),
      pointAmount: Won.parse(pointAmount),
      orderName: reservation.reservationNumber,
    };
    const prepared = await orders.decide(order, 'prepare', (now) => preparePayment({ order, now }), asking);
    if (prepared.kind === 'refused') throw problemOf(prepared.refusal);
    const { state } = prepared;
    // the same key for another wish is answered by the stream as it was: compared here
    if (state.status !== 'none' && state.order.pointAmount !== order.pointAmount) throw problemOf('KeyReused');
    const { orderId, cardAmount: amount, orderName } = order;
    const checkout = ports.checkoutUrl === undefined ? {} : { checkoutUrl: ports.checkoutUrl };
    return { orderId, clientKey: ports.clientKey, amount, pointAmount, totalAmount, orderName, ...checkout };
  };

  const settle = async (order: Order, paymentKey: PaymentKey | undefined, asking: Asking): Promise<Settled> => {
    await fromReservations(reservations.startPayment(order, asking));
    return settlement.confirm(order, paymentKey, asking);
  };

  const confirm = async (
    body: ConfirmRequest,
    userId: UserId,
    asking: Asking,
  ): Promise<{ readonly order: Order; readonly settled: Promise<Settled> }> => {
    const known = await orders.recall(body.orderId);
    if (known === undefined || known.order.userId !== userId) throw problemOf('PaymentNotFound');
    const { order } = known;
    if (body.amount !== order.cardAmount) throw problemOf('AmountMismatch');
    if (order.cardAmount > 0 && body.paymentKey === undefined) throw problemOf('PaymentKeyMissing');
    if (order.cardAmount > 0 && !ports.provider.available() && (await ownOrder(body.orderId, userId)).status === 'prepared')
      throw providerDown();
    const before = running.get(order.orderId);
    if (before !== undefined && before.paymentKey !== body.paymentKey) throw problemOf('AnotherPaymentKey');
    if (before !== undefined) return { order, settled: before.settled };
    const settled = settle(order, body.paymentKey, asking).finally(() => running.delete(order.orderId));
    running.set(order.orderId, { paymentKey: body.paymentKey, settled });
    settled.catch((error: unknown) => logger.warn({ err: error, orderId: order.orderId }, 'confirming a payment ended early'));
    return { order, settled };
  };

  /** A part the provider will never give back would stand in the way of every later refund: so it is not even asked for. */
  const refusePart = async (known: Known, amount: number): Promise<void> => {
    if (known.status !== 'approved') return;
    const left = refundable(known);
    const card = amount - left.points;
    if (card <= 0 || card >= left.card) return;
    const answer = await ports.provider.lookupByOrder(known.order.orderId);
    if (answer.kind === 'found' && answer.payment.isPartialCancelable === false) throw problemOf('OnlyWholeRefund');
  };

  /** A person on the staff gives some of it back; the booking stays. */
  const goodwill = async (order: Order, amount: number, idempotencyKey: string, asking: Asking): Promise<RefundOutcome> => {
    const refundId = goodwillIdOf(idempotencyKey);
    const given = await ports.refunds.refund(order, { refundId, amount, reason: 'goodwill' }, asking);
    if (given === 'notCharged') throw problemOf('NotCharged');
    if (given === 'exceedsCharge') throw problemOf('ExceedsCharge');
    const now = (await orders.find(order.orderId))?.payment;
    const made = now?.status === 'approved' ? now.refunds.find((one) => one.refundId === refundId) : undefined;
    if (made === undefined) throw problemOf('RefundInProgress', { headers: { 'retry-after': '1' } });
    // what the same key gave back before is answered by the stream as it was: compared here
    if (made.cardAmount + made.pointAmount !== amount) throw problemOf('KeyReused');
    return given;
  };

  /** The whole booking is given up, and the refund its policy says begun at once; the booking process finishes it where this does not. */
  const giveUp = async (order: Order, asking: Asking): Promise<void> => {
    const { refund } = await fromReservations(reservations.cancel(order.reservationId, order.userId, asking));
    if (refund === null || refund.amount === 0 || refund.orderId !== order.orderId) return;
    const wish = { refundId: RefundId.parse('cancelled'), amount: refund.amount, reason: 'reservation_cancelled' } as const;
    await ports.refunds.refund(order, wish, asking);
  };

  const cancel = async (
    orderId: OrderId,
    by: { readonly userId: UserId; readonly staff: boolean },
    body: CancelPaymentRequest,
    idempotencyKey: string,
    asking: Asking,
  ): Promise<PaymentView> => {
    const found = await orders.find(orderId);
    if (found === undefined || !(by.staff || found.payment.order.userId === by.userId)) throw problemOf('PaymentNotFound');
    const { order } = found.payment;
    if (body.cancelAmount !== undefined && !by.staff) throw problemOf('PartialCancelForStaff');
    const toAccount = !('method' in found.payment) || isGivenBackToAccount(found.payment.method);
    if (body.refundReceiveAccount !== undefined && toAccount)
      await ports.accounts.saveRefundAccount(orderId, body.refundReceiveAccount);
    const going = givingBack(found.payment);
    if (body.cancelAmount === undefined && going !== undefined) await ports.refunds.finish(orderId, going, asking);
    else if (body.cancelAmount === undefined) await giveUp(order, asking);
    else {
      await refusePart(found.payment, body.cancelAmount);
      await goodwill(order, body.cancelAmount, idempotencyKey, asking);
    }
    const after = await orders.find(orderId);
    return viewOf(after?.payment ?? found.payment);
  };

  return {
    prepare,
    confirm,
    cancel,
    view: async (orderId: OrderId, userId: UserId): Promise<PaymentView> => viewOf(await ownOrder(orderId, userId)),
    /** Resolves once this process is through with confirming the order; at once where it is not at it. */
    settled: async (orderId: OrderId): Promise<void> => {
      await running.get(orderId)?.settled.catch(() => undefined);
    },
    /** Waits for the payments under way. */
    idle: async (): Promise<void> => {
      await Promise.allSettled([...running.values()].map(({ settled }) => settled));
    },
  };
};

export type Payments = ReturnType<typeof createPayments>;
