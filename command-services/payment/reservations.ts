import { BookingCancelled, CommandDone, ReservationSnapshot } from '@tiketi/shared-kernel/contracts/http/internal.js';
import type { OrderId, ReservationId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import { type ServiceClient, ServiceProblem } from '@tiketi/shared-kernel/service/service-client.js';
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

export const createReservationSteps = (client: ServiceClient): ReservationSteps => {
  const step = async (
    id: ReservationId,
    name: string,
    body: Record<string, unknown> & { orderId: OrderId },
    by: Cause,
  ): Promise<CommandDone> => CommandDone.parse(await client.post(`/internal/reservations/${id}/${name}`, body, followed(id, by)));

  return {
    find: async (id, by) => {
      try {
        return ReservationSnapshot.parse(await client.get(`/internal/reservations/${id}`, followed(id, by)));
      } catch (error) {
        if (error instanceof ServiceProblem && error.status === 404) return undefined;
        throw error;
      }
    },
    startPayment: async ({ reservationId, orderId, amount, pointAmount }, by) => {
      await step(reservationId, 'start-payment', { orderId, amount, pointAmount }, by);
    },
    confirm: async ({ reservationId, orderId }, by) => {
      const done = await unlessClosed(step(reservationId, 'confirm', { orderId }, by));
      return done === 'closed' ? done : { position: done.position };
    },
    failPayment: async ({ reservationId, orderId }, reason, by) => {
      await step(reservationId, 'fail-payment', { orderId, reason }, by);
    },
    awaitDeposit: async ({ reservationId, orderId }, dueBy, by) => {
      const done = await unlessClosed(step(reservationId, 'await-deposit', { orderId, dueBy }, by));
      return done === 'closed' ? done : { dueBy: earlier(dueBy, done.reservation.depositUntil) };
    },
    refundedOutside: async ({ reservationId, orderId }, by) => {
      await step(reservationId, 'refunded-outside', { orderId }, by);
    },
    cancel: async (id, userId, by) =>
      BookingCancelled.parse(await client.post(`/internal/reservations/${id}/cancel`, { userId }, followed(id, by))),
  };
};
