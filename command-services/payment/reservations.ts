import { BookingCancelled, CommandDone, ReservationSnapshot } from '@tiketi/shared-kernel/contracts/http/internal.js';
import type { OrderId, ReservationId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import { causationId } from '@tiketi/shared-kernel/service/request-context.js';
import { type ServiceClient, ServiceProblem } from '@tiketi/shared-kernel/service/service-client.js';
import type { Order } from './payment/payment.js';

/** The steps of a payment that the reservation service owns. They throw ServiceProblem and ServiceUnreachable. */
export type ReservationSteps = {
  readonly find: (id: ReservationId) => Promise<ReservationSnapshot | undefined>;
  readonly startPayment: (order: Order) => Promise<void>;
  readonly confirm: (order: Order) => Promise<{ readonly position: string | null } | 'closed'>;
  readonly failPayment: (order: Order, reason: 'declined' | 'abandoned') => Promise<void>;
  /** The reservation waits for a transfer until `dueBy` (earlier than asked for where the show says so), or does not. */
  readonly awaitDeposit: (order: Order, dueBy: Instant) => Promise<{ readonly dueBy: Instant } | 'closed'>;
  readonly refundedOutside: (order: Order) => Promise<void>;
  /** Gives up the buyer's booking; the refund it brings is the booking process's to make. */
  readonly cancel: (id: ReservationId, userId: UserId) => Promise<BookingCancelled>;
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
const followed = (id: ReservationId) => ({ correlationId: id, causationId: causationId() });

export const createReservationSteps = (client: ServiceClient): ReservationSteps => {
  const step = async (
    id: ReservationId,
    name: string,
    body: Record<string, unknown> & { orderId: OrderId },
  ): Promise<CommandDone> => CommandDone.parse(await client.post(`/internal/reservations/${id}/${name}`, body, followed(id)));

  return {
    find: async (id) => {
      try {
        return ReservationSnapshot.parse(await client.get(`/internal/reservations/${id}`, followed(id)));
      } catch (error) {
        if (error instanceof ServiceProblem && error.status === 404) return undefined;
        throw error;
      }
    },
    startPayment: async ({ reservationId, orderId, amount, pointAmount }) => {
      await step(reservationId, 'start-payment', { orderId, amount, pointAmount });
    },
    confirm: async ({ reservationId, orderId }) => {
      const done = await unlessClosed(step(reservationId, 'confirm', { orderId }));
      return done === 'closed' ? done : { position: done.position };
    },
    failPayment: async ({ reservationId, orderId }, reason) => {
      await step(reservationId, 'fail-payment', { orderId, reason });
    },
    awaitDeposit: async ({ reservationId, orderId }, dueBy) => {
      const done = await unlessClosed(step(reservationId, 'await-deposit', { orderId, dueBy }));
      return done === 'closed' ? done : { dueBy: earlier(dueBy, done.reservation.depositUntil) };
    },
    refundedOutside: async ({ reservationId, orderId }) => {
      await step(reservationId, 'refunded-outside', { orderId });
    },
    cancel: async (id, userId) =>
      BookingCancelled.parse(await client.post(`/internal/reservations/${id}/cancel`, { userId }, followed(id))),
  };
};
