import { CommandId, type ReservationId, type UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { instantOf } from '@tiketi/shared-kernel/contracts/time.js';
import type { Bookings } from '../bookings.js';
import { problemOf } from '../problems.js';
import type { CancellationTerms } from '../shows.js';
import { cancelReservation } from './cancel-reservation.js';
import { refundDue } from './refund-due.js';
import type { Refund } from './reservation.js';
import type { Reservations } from './reservations.js';

export type Cancellations = {
  /** Gives up a buyer's own booking. Throws the problem of a refusal; 404 for another's. */
  readonly cancel: (
    id: ReservationId,
    userId: UserId,
    causationId: string,
  ) => Promise<{ readonly refund: Refund | null; readonly position: string | null }>;
  /** What would come back now; null while nothing is paid. */
  readonly quote: (id: ReservationId, userId: UserId) => Promise<Omit<Refund, 'orderId'> | null>;
};

export const createCancellations = (deps: {
  readonly reservations: Reservations;
  readonly bookings: Pick<Bookings, 'find'>;
  readonly terms: CancellationTerms;
  readonly clock: () => number;
}): Cancellations => {
  const own = async (id: ReservationId, userId: UserId) => {
    const held = await deps.bookings.find(id);
    if (held === undefined || held.userId !== userId) throw problemOf('ReservationNotFound');
    return held;
  };

  return {
    cancel: async (id, userId, causationId) => {
      const terms = await deps.terms(await own(id, userId));
      const done = await deps.reservations.decide(id, (now) => cancelReservation({ ...terms, now }), {
        commandId: CommandId.parse(`cancel:${id}`),
        correlationId: id,
        causationId,
        actor: { id: userId, role: 'user' },
      });
      if (done === undefined) throw problemOf('ReservationNotFound');
      const { outcome } = done;
      if (outcome.kind === 'refused') throw problemOf(outcome.refusal);
      const { state, position } = outcome;
      return {
        refund: state.status === 'cancelled' ? state.refund : null,
        position: position === undefined ? null : String(position.commit),
      };
    },

    quote: async (id, userId) => {
      const held = await own(id, userId);
      const snapshot = await deps.reservations.snapshot(id);
      if (snapshot?.status !== 'confirmed') return null;
      const { policy, startsAt } = await deps.terms(held);
      const due = refundDue(policy, { ...held, startsAt }, instantOf(deps.clock()));
      if (due === 'closed') throw problemOf('CancellationClosed');
      return { ...due, policyVersion: policy.version };
    },
  };
};
