import { type PaymentEvent, paymentEvents } from '@tiketi/shared-kernel/contracts/events/payment.js';
import { CommandId, type OrderId } from '@tiketi/shared-kernel/contracts/ids.js';
import { paymentStream } from '@tiketi/shared-kernel/contracts/streams.js';
import { type Instant, instantOf } from '@tiketi/shared-kernel/contracts/time.js';
import { createCodec } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import { createCommandHandler, type Handled, loadStream } from '@tiketi/shared-kernel/event-sourcing/command-handler.js';
import type { Decide } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import type { EventStore } from '@tiketi/shared-kernel/event-sourcing/event-store/port.js';
import type { EventMetadata } from '@tiketi/shared-kernel/event-sourcing/metadata.js';
import { createRememberedStreams } from '@tiketi/shared-kernel/event-sourcing/remembered-streams.js';
import { type Order, type Payment, payment } from './payment/payment.js';

export type Known = Exclude<Payment, { status: 'none' }>;

/** Who asks for a step and why. */
export type Asking = { readonly causationId: string; readonly actor: EventMetadata['actor'] };

export type Orders = {
  /** Decides a step of the order; the step and the order are the command's id. */
  readonly decide: <R>(
    order: Pick<Order, 'orderId' | 'reservationId'>,
    step: string,
    decideAt: (now: Instant) => Decide<Payment, PaymentEvent, R>,
    asking: Asking,
  ) => Promise<Handled<Payment, PaymentEvent, R>>;
  readonly find: (orderId: OrderId) => Promise<{ readonly payment: Known; readonly position: bigint | undefined } | undefined>;
  /** As it stood when this process last decided on it, which somebody else may have done since; else as `find`. */
  readonly recall: (orderId: OrderId) => Promise<Known | undefined>;
  /** The same without looking further: undefined where this process has not decided on it lately. */
  readonly remembered: (orderId: OrderId) => Known | undefined;
};

/** Orders whose buyers may be on their way through checkout. */
const REMEMBERED = 10_000;

export const createOrders = (deps: { readonly store: EventStore; readonly clock: () => number }): Orders => {
  const stream = { store: deps.store, codec: createCodec(paymentEvents), aggregate: payment };
  const memory = createRememberedStreams<Payment>(REMEMBERED);
  const handle = createCommandHandler({ ...stream, memory, mostlyNew: true });
  const find: Orders['find'] = async (orderId) => {
    const { state, lastPosition } = await loadStream(stream, paymentStream(orderId));
    return state.status === 'none' ? undefined : { payment: state, position: lastPosition?.commit };
  };
  const remembered: Orders['remembered'] = (orderId) => {
    const state = memory.recall(paymentStream(orderId))?.state;
    return state === undefined || state.status === 'none' ? undefined : state;
  };
  return {
    decide: ({ orderId, reservationId }, step, decideAt, asking) =>
      handle(paymentStream(orderId), decideAt(instantOf(deps.clock())), {
        commandId: CommandId.parse(`${step}:${orderId}`),
        correlationId: reservationId,
        ...asking,
      }),
    find,
    remembered,
    recall: async (orderId) => remembered(orderId) ?? (await find(orderId))?.payment,
  };
};
