import type { ConfirmRequest, PaymentView, Prepared } from '@tiketi/shared-kernel/contracts/http/payments.js';
import type { OrderId, PaymentKey, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Won } from '@tiketi/shared-kernel/contracts/money.js';
import type { Logger } from '@tiketi/shared-kernel/service/logger.js';
import type { Asking } from '../orders.js';
import { problemOf, providerDown } from '../problems.js';
import type { PaymentProvider } from '../provider.js';
import { chargeOrderIdOf, isPointCharge } from './charge-ids.js';
import type { ChargeOrders, KnownCharge } from './charge-orders.js';
import type { ChargeSettled, ChargeSettlement } from './charge-settlement.js';
import type { ChargeOrder } from './point-charge.js';
import { prepareCharge } from './prepare-charge.js';

type Ports = {
  readonly orders: ChargeOrders;
  readonly settlement: ChargeSettlement;
  /** What the buyer has: whether so much more may be sold, and whether an order's points are there. */
  readonly points: {
    readonly hasRoom: (userId: UserId, amount: Won) => Promise<boolean>;
    readonly isCredited: (order: ChargeOrder) => Promise<boolean>;
  };
  readonly provider: Pick<PaymentProvider, 'available'>;
  readonly clientKey: string;
  readonly checkoutUrl: string | undefined;
  readonly logger: Logger;
};

/** What the client needs to let the provider take the money. */
export type ChargePrepared = Pick<Prepared, 'orderId' | 'clientKey' | 'amount' | 'orderName' | 'checkoutUrl'>;

type Confirming = {
  readonly order: { readonly orderId: OrderId; readonly reservationId: null };
  readonly settled: Promise<ChargeSettled>;
};

/** What a buyer may ask of point charges. Everything throws problems. */
export const createPointCharges = (ports: Ports) => {
  const { orders, settlement, points, logger } = ports;
  /** A double click waits for the first one's outcome. */
  const running = new Map<OrderId, { readonly paymentKey: PaymentKey; readonly settled: Promise<ChargeSettled> }>();

  const own = async (orderId: OrderId, userId: UserId): Promise<KnownCharge> => {
    const known = await orders.find(orderId);
    if (known === undefined || known.order.userId !== userId) throw problemOf('PaymentNotFound');
    return known;
  };

  const prepare = async (amount: Won, userId: UserId, idempotencyKey: string, asking: Asking): Promise<ChargePrepared> => {
    if (!(await points.hasRoom(userId, amount))) throw problemOf('TooManyPoints');
    const order = { orderId: chargeOrderIdOf(userId, idempotencyKey), userId, amount };
    const prepared = await orders.decide(order.orderId, 'prepare', (now) => prepareCharge({ order, now }), asking);
    // a repeat is answered by what its key prepared, so the amount is compared with that
    const { state } = prepared;
    if (prepared.kind === 'refused' || state.status === 'none' || state.order.amount !== amount) throw problemOf('KeyReused');
    const checkout = ports.checkoutUrl === undefined ? {} : { checkoutUrl: ports.checkoutUrl };
    return { orderId: order.orderId, clientKey: ports.clientKey, amount, orderName: `Tiketi 포인트 ${amount}`, ...checkout };
  };

  const confirm = async (body: ConfirmRequest, userId: UserId, asking: Asking): Promise<Confirming> => {
    const known = await own(body.orderId, userId);
    const { order } = known;
    const { paymentKey } = body;
    if (body.amount !== order.amount) throw problemOf('AmountMismatch');
    if (paymentKey === undefined) throw problemOf('PaymentKeyMissing');
    if (known.status === 'prepared') {
      if (!ports.provider.available()) throw providerDown();
      if (!(await points.hasRoom(userId, order.amount))) throw problemOf('TooManyPoints');
    }
    const asked = { orderId: order.orderId, reservationId: null };
    const before = running.get(order.orderId);
    if (before !== undefined && before.paymentKey !== paymentKey) throw problemOf('AnotherPaymentKey');
    if (before !== undefined) return { order: asked, settled: before.settled };
    const settled = settlement.confirm(order, paymentKey, asking).finally(() => running.delete(order.orderId));
    running.set(order.orderId, { paymentKey, settled });
    settled.catch((error: unknown) => logger.warn({ err: error, orderId: order.orderId }, 'buying points ended early'));
    return { order: asked, settled };
  };

  const statusOf = async (known: KnownCharge): Promise<PaymentView['status']> => {
    if (known.status === 'declined') return 'failed';
    return known.status === 'approved' && (await points.isCredited(known.order)) ? 'confirmed' : 'pending';
  };

  return {
    owns: isPointCharge,
    prepare,
    confirm,
    hear: settlement.hear,
    view: async (orderId: OrderId, userId: UserId): Promise<PaymentView> => {
      const known = await own(orderId, userId);
      const approved = known.status === 'approved' ? known : undefined;
      return {
        orderId,
        reservationId: null,
        status: await statusOf(known),
        amount: known.order.amount,
        refundAmount: 0,
        cardAmount: known.order.amount,
        pointAmount: 0,
        method: approved?.method ?? null,
        receiptUrl: approved?.receiptUrl ?? null,
        failureCode: known.status === 'declined' ? known.code : null,
      };
    },
    /** Waits for the charges under way. */
    idle: async (): Promise<void> => {
      await Promise.allSettled([...running.values()].map(({ settled }) => settled));
    },
  };
};

export type PointCharges = ReturnType<typeof createPointCharges>;
