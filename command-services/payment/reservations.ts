import { CommandDone, ReservationSnapshot } from '@tiketi/shared-kernel/contracts/http/internal.js';
import type { OrderId, ReservationId } from '@tiketi/shared-kernel/contracts/ids.js';
import { type ServiceClient, ServiceProblem } from '@tiketi/shared-kernel/service/service-client.js';
import type { Order } from './payment/payment.js';

/** The steps of a payment that the reservation service owns. They throw ServiceProblem and ServiceUnreachable. */
export type ReservationSteps = {
  readonly find: (id: ReservationId) => Promise<ReservationSnapshot | undefined>;
  readonly startPayment: (order: Order) => Promise<void>;
  readonly confirm: (order: Order) => Promise<{ readonly position: string | null } | 'closed'>;
  readonly failPayment: (order: Order, reason: 'declined' | 'abandoned') => Promise<void>;
};

/** Refusals of a confirmation after which the charge must go back. */
const CLOSED = new Set(['RESERVATION_NOT_PAYING', 'PAID_BY_ANOTHER_ORDER']);

export const createReservationSteps = (client: ServiceClient): ReservationSteps => {
  const step = async (
    id: ReservationId,
    name: string,
    body: Record<string, unknown> & { orderId: OrderId },
  ): Promise<CommandDone> => CommandDone.parse(await client.post(`/internal/reservations/${id}/${name}`, body));

  return {
    find: async (id) => {
      try {
        return ReservationSnapshot.parse(await client.get(`/internal/reservations/${id}`));
      } catch (error) {
        if (error instanceof ServiceProblem && error.status === 404) return undefined;
        throw error;
      }
    },
    startPayment: async ({ reservationId, orderId, amount }) => {
      await step(reservationId, 'start-payment', { orderId, amount });
    },
    confirm: async ({ reservationId, orderId }) => {
      try {
        const { position } = await step(reservationId, 'confirm', { orderId });
        return { position };
      } catch (error) {
        if (error instanceof ServiceProblem && CLOSED.has(error.code)) return 'closed';
        throw error;
      }
    },
    failPayment: async ({ reservationId, orderId }, reason) => {
      await step(reservationId, 'fail-payment', { orderId, reason });
    },
  };
};
