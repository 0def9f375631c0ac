import { type PaymentEvent, paymentEvents } from '@tiketi/shared-kernel/contracts/events/payment.js';
import { type PointChargeEvent, pointChargeEvents } from '@tiketi/shared-kernel/contracts/events/point-charge.js';
import type { OrderId, PaymentKey, RefundId, ReservationId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { paymentStream } from '@tiketi/shared-kernel/contracts/streams.js';
import { type Instant, millisecondsOf } from '@tiketi/shared-kernel/contracts/time.js';
import { createCodec } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import { loadStream } from '@tiketi/shared-kernel/event-sourcing/command-handler.js';
import type { Aggregate } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import type { EventStore } from '@tiketi/shared-kernel/event-sourcing/event-store/port.js';
import type { RecordStatus } from './tables.js';

type OwnRefund = {
  readonly refundId: RefundId;
  readonly cardAmount: number;
  readonly pointAmount: number;
  /** Milliseconds, as all times here. */
  readonly requestedAt: number;
  readonly doneAt: number | null;
  readonly transactionKey: string | null;
};

/** What our own stream says of an order of either kind, for whoever holds it against what others say. Amounts in won. */
export type OwnOrder = {
  readonly orderId: OrderId;
  readonly kind: 'booking' | 'points';
  readonly userId: UserId;
  readonly reservationId: ReservationId | null;
  readonly cardAmount: number;
  readonly pointAmount: number;
  readonly status: RecordStatus;
  readonly paymentKey: PaymentKey | null;
  readonly approvedAt: number | null;
  /** The bank took the deposit back. */
  readonly reversed: boolean;
  readonly refunds: readonly OwnRefund[];
  readonly lastChangeAt: number;
};

type State = { readonly order: OwnOrder | undefined };

const opened = (
  kind: OwnOrder['kind'],
  order: Pick<OwnOrder, 'orderId' | 'userId' | 'reservationId' | 'cardAmount' | 'pointAmount'>,
  preparedAt: Instant,
): State => ({
  order: {
    orderId: order.orderId,
    kind,
    userId: order.userId,
    reservationId: order.reservationId,
    cardAmount: order.cardAmount,
    pointAmount: order.pointAmount,
    status: 'prepared',
    paymentKey: null,
    approvedAt: null,
    reversed: false,
    refunds: [],
    lastChangeAt: millisecondsOf(preparedAt),
  },
});

const changed = ({ order }: State, at: Instant, changes: Partial<OwnOrder>): State =>
  order === undefined ? { order } : { order: { ...order, ...changes, lastChangeAt: millisecondsOf(at) } };

const approved = (
  state: State,
  { paymentKey, approvedAt }: { readonly paymentKey: PaymentKey | null; readonly approvedAt: Instant },
): State =>
  changed(state, approvedAt, { status: 'approved', paymentKey, reversed: false, approvedAt: millisecondsOf(approvedAt) });

const ownOrder: Aggregate<State, PaymentEvent | PointChargeEvent> = {
  initial: { order: undefined },
  evolve: {
    PaymentPrepared: (_, { data }) => opened('booking', data, data.preparedAt),
    PointChargePrepared: (_, { data }) =>
      opened('points', { ...data, reservationId: null, cardAmount: data.amount, pointAmount: 0 }, data.preparedAt),
    PaymentConfirmRequested: (state, { data: { paymentKey, requestedAt } }) =>
      changed(state, requestedAt, { status: 'requested', paymentKey }),
    PointChargeRequested: (state, { data: { paymentKey, requestedAt } }) =>
      changed(state, requestedAt, { status: 'requested', paymentKey }),
    VirtualAccountIssued: (state, { data: { paymentKey, issuedAt } }) =>
      changed(state, issuedAt, { status: 'awaiting_deposit', paymentKey }),
    PaymentApproved: (state, { data }) => approved(state, data),
    PointChargeApproved: (state, { data }) => approved(state, data),
    PaymentDeclined: (state, { data }) => changed(state, data.declinedAt, { status: 'declined' }),
    PointChargeDeclined: (state, { data }) => changed(state, data.declinedAt, { status: 'declined' }),
    PaymentAbandoned: (state, { data }) => changed(state, data.abandonedAt, { status: 'abandoned' }),
    PaymentRefundRequested: (state, { data: { refundId, cardAmount, pointAmount, requestedAt } }) => {
      const refund = { refundId, cardAmount, pointAmount, requestedAt: millisecondsOf(requestedAt) };
      const refunds = [...(state.order?.refunds ?? []), { ...refund, doneAt: null, transactionKey: null }];
      return changed(state, requestedAt, { refunds });
    },
    PaymentRefunded: (state, { data: { refundId, transactionKey, refundedAt } }) => {
      const done = { doneAt: millisecondsOf(refundedAt), transactionKey };
      const refunds = (state.order?.refunds ?? []).map((one) => (one.refundId === refundId ? { ...one, ...done } : one));
      return changed(state, refundedAt, { refunds });
    },
    DepositReversed: (state, { data }) => changed(state, data.reversedAt, { reversed: true }),
  },
};

/** Reads an order of this service; undefined where there is none. */
export type FindOwnOrder = (orderId: OrderId) => Promise<OwnOrder | undefined>;

export const createFindOwnOrder = (store: EventStore): FindOwnOrder => {
  const stream = { store, codec: createCodec({ ...paymentEvents, ...pointChargeEvents }), aggregate: ownOrder };
  return async (orderId) => (await loadStream(stream, paymentStream(orderId))).state.order;
};

/** What came back of the card part, and certainly so. */
export const refundedCard = ({ refunds }: OwnOrder): number =>
  refunds.reduce((sum, { cardAmount, doneAt }) => sum + (doneAt === null ? 0 : cardAmount), 0);
