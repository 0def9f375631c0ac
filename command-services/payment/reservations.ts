import {
  BookingCancelled,
  CommandDone,
  MOST_STEPS,
  type PaymentStep,
  ReservationSnapshot,
  STEPS_PATH,
} from '@tiketi/shared-kernel/contracts/http/internal.js';
import type { ReservationId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Clock } from '@tiketi/shared-kernel/event-sourcing/clock.js';
import { createLots, type LotsOptions } from '@tiketi/shared-kernel/service/lots.js';
import { type ServiceClient, ServiceProblem, ServiceUnreachable } from '@tiketi/shared-kernel/service/service-client.js';
import type { Order } from './payment/payment.js';

/** The request or event a step follows from. */
type Cause = { readonly causationId: string };

/** The steps of a payment that the reservation service owns. They throw ServiceProblem and ServiceUnreachable. */
export type ReservationSteps = {
  readonly find: (id: ReservationId, by: Cause) => Promise<ReservationSnapshot | undefined>;
  readonly startPayment: (order: Order, by: Cause) => Promise<void>;
  readonly confirm: (order: Order, by: Cause) => Promise<{ readonly position: string | null } | 'closed'>;
  readonly failPayment: (order: Order, reason: 'declined' | 'abandoned', by: Cause) => Promise<void>;
  /** The reservation waits for a transfer until `dueBy` (earlier than asked for where the show says so), or does not. */
  readonly awaitDeposit: (order: Order, dueBy: Instant, by: Cause) => Promise<{ readonly dueBy: Instant } | 'closed'>;
  readonly refundedOutside: (order: Order, by: Cause) => Promise<void>;
  /** Gives up the buyer's booking; the refund it brings is the booking process's to make. */
  readonly cancel: (id: ReservationId, userId: UserId, by: Cause) => Promise<BookingCancelled>;
};

/** Refusals of a confirmation after which the charge must go back. */
const CLOSED = new Set(['RESERVATION_NOT_PAYING', 'PAID_BY_ANOTHER_ORDER', 'DEPOSIT_NOT_OFFERED']);

const unlessClosed = async <T>(step: Promise<T>): Promise<T | 'closed'> => {
  try {
    return await step;
  } catch (error) {
    if (error instanceof ServiceProblem && CLOSED.has(error.code)) return 'closed';
    throw error;
  }
};

const earlier = (a: Instant, b: Instant): Instant => (Date.parse(a) <= Date.parse(b) ? a : b);

/** The logs of both services meet at the booking; its events follow from what made this service ask. */
const followed = (id: ReservationId, { causationId }: Cause) => ({ correlationId: id, causationId });

const stepOf = ({ reservationId }: Order, { causationId }: Cause) => ({ id: reservationId, causationId });

/** Nobody waits for milliseconds here: the provider takes a second. */
const SPACING_MS = 20;

type SendLot = LotsOptions<PaymentStep>['send'];

/** A whole lot for which there is no route met a reservation service of another version: its steps have been answered nothing. */
const sendingBy =
  (client: Pick<ServiceClient, 'postLines'>): SendLot =>
  async (steps, hear, signal) => {
    try {
      await client.postLines(STEPS_PATH, { steps }, hear, signal);
    } catch (error) {
      if (!(error instanceof ServiceProblem) || error.status !== 404) throw error;
      throw new ServiceUnreachable('the reservation service takes no lots', { cause: error });
    }
  };

/** `timeoutMs`: how long a step waits for its answer. */
export const createReservationSteps = (
  client: Pick<ServiceClient, 'get' | 'post' | 'postLines'>,
  { timeoutMs, after }: { readonly timeoutMs: number; readonly after?: Clock['after'] },
): ReservationSteps => {
  const lots = createLots<PaymentStep>({
    send: sendingBy(client),
    ...{ spacingMs: SPACING_MS, most: MOST_STEPS, timeoutMs },
    ...(after === undefined ? {} : { after }),
  });
  const ask = async (step: PaymentStep): Promise<CommandDone> => CommandDone.parse(await lots.ask(step));

  return {
    find: async (id, by) => {
      try {
        return ReservationSnapshot.parse(await client.get(`/internal/reservations/${id}`, followed(id, by)));
      } catch (error) {
        if (error instanceof ServiceProblem && error.status === 404) return undefined;
        throw error;
      }
    },
    startPayment: async (order, by) => {
      const { orderId, amount, pointAmount } = order;
      await ask({ ...stepOf(order, by), step: 'start-payment', body: { orderId, amount, pointAmount } });
    },
    confirm: async (order, by) => {
      const done = await unlessClosed(ask({ ...stepOf(order, by), step: 'confirm', body: { orderId: order.orderId } }));
      return done === 'closed' ? done : { position: done.position };
    },
    failPayment: async (order, reason, by) => {
      await ask({ ...stepOf(order, by), step: 'fail-payment', body: { orderId: order.orderId, reason } });
    },
    awaitDeposit: async (order, dueBy, by) => {
      const { orderId } = order;
      const done = await unlessClosed(ask({ ...stepOf(order, by), step: 'await-deposit', body: { orderId, dueBy } }));
      return done === 'closed' ? done : { dueBy: earlier(dueBy, done.reservation.depositUntil) };
    },
    refundedOutside: async (order, by) => {
      await ask({ ...stepOf(order, by), step: 'refunded-outside', body: { orderId: order.orderId } });
    },
    cancel: async (id, userId, by) =>
      BookingCancelled.parse(await client.post(`/internal/reservations/${id}/cancel`, { userId }, followed(id, by))),
  };
};
