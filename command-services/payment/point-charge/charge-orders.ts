import { type PointChargeEvent, pointChargeEvents } from '@tiketi/shared-kernel/contracts/events/point-charge.js';
import { CommandId, type OrderId } from '@tiketi/shared-kernel/contracts/ids.js';
import { paymentStream } from '@tiketi/shared-kernel/contracts/streams.js';
import { type Instant, instantOf } from '@tiketi/shared-kernel/contracts/time.js';
import { createCodec } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import { createCommandHandler, type Handled, loadStream } from '@tiketi/shared-kernel/event-sourcing/command-handler.js';
import type { Decide } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import type { EventStore } from '@tiketi/shared-kernel/event-sourcing/event-store/port.js';
import type { Asking } from '../orders.js';
import { type PointCharge, pointCharge } from './point-charge.js';

export type KnownCharge = Exclude<PointCharge, { status: 'none' }>;

export type ChargeOrders = {
  /** Decides a step of the order; the step and the order are the command's id. */
  readonly decide: <R>(
    orderId: OrderId,
    step: 'prepare' | 'request' | 'approve' | 'decline',
    decideAt: (now: Instant) => Decide<PointCharge, PointChargeEvent, R>,
    asking: Asking,
  ) => Promise<Handled<PointCharge, PointChargeEvent, R>>;
  readonly find: (orderId: OrderId) => Promise<KnownCharge | undefined>;
};

export const createChargeOrders = (deps: { readonly store: EventStore; readonly clock: () => number }): ChargeOrders => {
  const stream = { store: deps.store, codec: createCodec(pointChargeEvents), aggregate: pointCharge };
  const handle = createCommandHandler(stream);
  return {
    decide: (orderId, step, decideAt, asking) =>
      handle(paymentStream(orderId), decideAt(instantOf(deps.clock())), {
        commandId: CommandId.parse(`${step}:${orderId}`),
        correlationId: orderId,
        ...asking,
      }),
    find: async (orderId) => {
      const { state } = await loadStream(stream, paymentStream(orderId));
      return state.status === 'none' ? undefined : state;
    },
  };
};
