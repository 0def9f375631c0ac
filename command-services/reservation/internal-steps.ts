import type { ReservationEvent } from '@tiketi/shared-kernel/contracts/events/reservation.js';
import type { CommandDone, PaymentStep } from '@tiketi/shared-kernel/contracts/http/internal.js';
import { CommandId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decide } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { accepted } from '@tiketi/shared-kernel/service/request-context.js';
import { problemOf } from './problems.js';
import { awaitDeposit } from './reservation/await-deposit.js';
import { confirmReservation } from './reservation/confirm-reservation.js';
import { failPayment } from './reservation/fail-payment.js';
import { refundedOutside } from './reservation/refunded-outside.js';
import type { Reservation } from './reservation/reservation.js';
import { type Reservations, snapshotOf } from './reservation/reservations.js';
import { startPayment } from './reservation/start-payment.js';

type Refusal = Parameters<typeof problemOf>[0];

export type StepPorts = { readonly reservations: Pick<Reservations, 'decide'>; readonly payWithinMs: number };

/** Steps of a payment that this service owns. They throw the problem of a refusal, and what the event store did to a command. */
export const createSteps = ({ reservations, payWithinMs }: StepPorts): ((asked: PaymentStep) => Promise<CommandDone>) => {
  const decided = async <R extends Refusal>(
    { id, causationId, body }: PaymentStep,
    name: string,
    decideAt: (now: Instant) => Decide<Reservation, ReservationEvent, R>,
  ): Promise<CommandDone> => {
    const done = await reservations.decide(id, decideAt, {
      commandId: CommandId.parse(`${name}:${body.orderId}`),
      correlationId: id,
      causationId: accepted(causationId) ?? id,
      actor: { id: 'payment', role: 'service' },
    });
    if (done === undefined) throw problemOf('ReservationNotFound');
    const { outcome, held } = done;
    if (outcome.kind === 'refused') throw problemOf(outcome.refusal);
    return {
      reservation: snapshotOf(held, outcome.state),
      position: outcome.position === undefined ? null : String(outcome.position.commit),
    };
  };

  return async (asked) => {
    switch (asked.step) {
      case 'start-payment': {
        const { orderId, amount, pointAmount } = asked.body;
        const done = await decided(asked, 'start', (now) => startPayment({ orderId, amount, pointAmount, now, payWithinMs }));
        const { reservation } = done;
        // a repeat is answered from the stream, so what became of the order since is looked at here
        if (reservation.orderId !== orderId)
          throw problemOf(reservation.status === 'expired' ? 'ReservationExpired' : 'OrderClosed');
        return done;
      }
      case 'confirm':
        return decided(asked, 'confirm', (now) => confirmReservation({ ...asked.body, now }));
      case 'fail-payment':
        return decided(asked, 'fail', (now) => failPayment({ ...asked.body, now }));
      case 'await-deposit':
        return decided(asked, 'await-deposit', (now) => awaitDeposit({ ...asked.body, now }));
      case 'refunded-outside':
        return decided(asked, 'refunded-outside', (now) => refundedOutside({ ...asked.body, now }));
    }
  };
};
