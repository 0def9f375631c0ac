import type { ConfirmRequest, PaymentView, Prepared } from '@tiketi/shared-kernel/contracts/http/payments.js';
import type { OrderId, PaymentKey, ReservationId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import type { Logger } from '@tiketi/shared-kernel/service/logger.js';
import { ServiceProblem, ServiceUnreachable } from '@tiketi/shared-kernel/service/service-client.js';
import { orderIdOf } from './ids.js';
import type { Asking, Known, Orders } from './orders.js';
import type { Order } from './payment/payment.js';
import { preparePayment } from './payment/prepare-payment.js';
import { passedOn, problemOf, reservationsUnavailable } from './problems.js';
import type { PaymentProvider } from './provider.js';
import type { ReservationSteps } from './reservations.js';
import type { Settled, Settlement } from './settle.js';

type Ports = {
  readonly orders: Orders;
  readonly reservations: ReservationSteps;
  readonly settlement: Settlement;
  readonly provider: Pick<PaymentProvider, 'available'>;
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

const STATUS: { readonly [S in Known['status']]: PaymentView['status'] } = {
  prepared: 'pending',
  requested: 'pending',
  approved: 'confirmed',
  declined: 'failed',
  abandoned: 'failed',
  refunding: 'cancelled',
  refunded: 'refunded',
};

const viewOf = (payment: Known): PaymentView => ({
  orderId: payment.order.orderId,
  reservationId: payment.order.reservationId,
  status: STATUS[payment.status],
  amount: payment.order.amount,
  cardAmount: payment.order.cardAmount,
  pointAmount: payment.order.pointAmount,
  method: 'method' in payment ? payment.method : null,
  receiptUrl: 'receiptUrl' in payment ? payment.receiptUrl : null,
  failureCode: payment.status === 'declined' ? payment.code : null,
});

/** What a buyer may ask of payments. Everything throws problems. */
export const createPayments = (ports: Ports) => {
  const { orders, reservations, settlement, logger } = ports;
  /** A double click waits for the first one's outcome. */
  const running = new Map<OrderId, { readonly paymentKey: PaymentKey; readonly settled: Promise<Settled> }>();

  const ownOrder = async (orderId: OrderId, userId: UserId): Promise<Known> => {
    const found = await orders.find(orderId);
    if (found === undefined || found.payment.order.userId !== userId) throw problemOf('PaymentNotFound');
    return found.payment;
  };

  const prepare = async (
    reservationId: ReservationId,
    userId: UserId,
    idempotencyKey: string,
    asking: Asking,
  ): Promise<Prepared> => {
    const reservation = await fromReservations(reservations.find(reservationId));
    if (reservation === undefined || reservation.userId !== userId) throw problemOf('PaymentNotFound');
    if (reservation.status === 'expired') throw problemOf('ReservationExpired');
    if (reservation.status !== 'pending' && reservation.status !== 'paying') throw problemOf('ReservationNotPending');
    const order: Order = {
      orderId: orderIdOf(reservationId, idempotencyKey),
      reservationId,
      userId,
      performanceId: reservation.performanceId,
      amount: reservation.totalAmount,
      cardAmount: reservation.totalAmount,
      pointAmount: Won.parse(0),
      orderName: reservation.reservationNumber,
    };
    const prepared = await orders.decide(order, 'prepare', (now) => preparePayment({ order, now }), asking);
    if (prepared.kind === 'refused') throw problemOf(prepared.refusal);
    const { orderId, amount, orderName } = order;
    const checkout = ports.checkoutUrl === undefined ? {} : { checkoutUrl: ports.checkoutUrl };
    return { orderId, clientKey: ports.clientKey, amount, orderName, ...checkout };
  };

  const settle = async (order: Order, paymentKey: ConfirmRequest['paymentKey'], asking: Asking): Promise<Settled> => {
    await fromReservations(reservations.startPayment(order));
    return settlement.confirm(order, paymentKey, asking);
  };

  const confirm = async (
    body: ConfirmRequest,
    userId: UserId,
    asking: Asking,
  ): Promise<{ readonly order: Order; readonly settled: Promise<Settled> }> => {
    const known = await ownOrder(body.orderId, userId);
    const { order } = known;
    if (body.amount !== order.amount) throw problemOf('AmountMismatch');
    if (known.status === 'prepared' && !ports.provider.available()) throw problemOf('ProviderDown');
    const before = running.get(order.orderId);
    if (before !== undefined && before.paymentKey !== body.paymentKey) throw problemOf('AnotherPaymentKey');
    if (before !== undefined) return { order, settled: before.settled };
    const settled = settle(order, body.paymentKey, asking).finally(() => running.delete(order.orderId));
    running.set(order.orderId, { paymentKey: body.paymentKey, settled });
    settled.catch((error: unknown) => logger.warn({ err: error, orderId: order.orderId }, 'confirming a payment ended early'));
    return { order, settled };
  };

  return {
    prepare,
    confirm,
    view: async (orderId: OrderId, userId: UserId): Promise<PaymentView> => viewOf(await ownOrder(orderId, userId)),
    /** Waits for the payments under way. */
    idle: async (): Promise<void> => {
      await Promise.allSettled([...running.values()].map(({ settled }) => settled));
    },
  };
};

export type Payments = ReturnType<typeof createPayments>;
