import {
  AwaitDeposit,
  type BookingCancelled,
  CancelBooking,
  type CommandDone,
  ConfirmReservation,
  FailPayment,
  RefundedOutside,
  type ReservationSnapshot,
  StartPayment,
} from '@tiketi/shared-kernel/contracts/http/internal.js';
import { CommandId, type OrderId, ReservationId } from '@tiketi/shared-kernel/contracts/ids.js';
import { requireService } from '@tiketi/shared-kernel/service/authenticate.js';
import { causationId } from '@tiketi/shared-kernel/service/request-context.js';
import { parseBody, parseParams } from '@tiketi/shared-kernel/service/validate.js';
import type { Request, Router } from 'express';
import { z } from 'zod';
import { problemOf } from './problems.js';
import { awaitDeposit } from './reservation/await-deposit.js';
import type { Cancellations } from './reservation/cancellations.js';
import { confirmReservation } from './reservation/confirm-reservation.js';
import { failPayment } from './reservation/fail-payment.js';
import { refundedOutside } from './reservation/refunded-outside.js';
import { type Decided, type Reservations, snapshotOf } from './reservation/reservations.js';
import { startPayment } from './reservation/start-payment.js';

const Params = z.object({ id: ReservationId });

const contextOf = (req: Request, step: string, id: ReservationId, orderId: OrderId) => ({
  commandId: CommandId.parse(`${step}:${orderId}`),
  correlationId: id,
  causationId: causationId(req),
  actor: { id: 'payment', role: 'service' },
});

type Refusal = Parameters<typeof problemOf>[0];

const resultOf = <R extends Refusal>(done: Decided<R> | undefined): ReservationSnapshot => {
  if (done === undefined) throw problemOf('ReservationNotFound');
  if (done.outcome.kind === 'refused') throw problemOf(done.outcome.refusal);
  return snapshotOf(done.held, done.outcome.state);
};

const positionOf = (done: Decided<Refusal> | undefined): string | null =>
  done?.outcome.kind === 'accepted' && done.outcome.position !== undefined ? String(done.outcome.position.commit) : null;

export type InternalPorts = {
  readonly reservations: Reservations;
  readonly cancellations: Cancellations;
  readonly serviceToken: string;
  readonly payWithinMs: number;
};

/** Steps of a payment that this service owns, asked for by the payment service. */
export const internalRoutes =
  ({ reservations, cancellations, serviceToken, payWithinMs }: InternalPorts) =>
  (router: Router): void => {
    router.use('/internal', requireService(serviceToken));

    router.get('/internal/reservations/:id', async (req, res) => {
      const snapshot = await reservations.snapshot(parseParams(Params, req).id);
      if (snapshot === undefined) throw problemOf('ReservationNotFound');
      res.json(snapshot);
    });

    router.post('/internal/reservations/:id/start-payment', async (req, res) => {
      const { id } = parseParams(Params, req);
      const { orderId, amount, pointAmount } = parseBody(StartPayment, req);
      const done = await reservations.decide(
        id,
        (now) => startPayment({ orderId, amount, pointAmount, now, payWithinMs }),
        contextOf(req, 'start', id, orderId),
      );
      const reservation = resultOf(done);
      // a repeat is answered from the stream, so what became of the order since is looked at here
      if (reservation.orderId !== orderId)
        throw problemOf(reservation.status === 'expired' ? 'ReservationExpired' : 'OrderClosed');
      res.json({ reservation, position: positionOf(done) } satisfies CommandDone);
    });

    router.post('/internal/reservations/:id/confirm', async (req, res) => {
      const { id } = parseParams(Params, req);
      const { orderId } = parseBody(ConfirmReservation, req);
      const done = await reservations.decide(
        id,
        (now) => confirmReservation({ orderId, now }),
        contextOf(req, 'confirm', id, orderId),
      );
      res.json({ reservation: resultOf(done), position: positionOf(done) } satisfies CommandDone);
    });

    router.post('/internal/reservations/:id/fail-payment', async (req, res) => {
      const { id } = parseParams(Params, req);
      const { orderId, reason } = parseBody(FailPayment, req);
      const done = await reservations.decide(
        id,
        (now) => failPayment({ orderId, reason, now }),
        contextOf(req, 'fail', id, orderId),
      );
      res.json({ reservation: resultOf(done), position: positionOf(done) } satisfies CommandDone);
    });

    router.post('/internal/reservations/:id/await-deposit', async (req, res) => {
      const { id } = parseParams(Params, req);
      const { orderId, dueBy } = parseBody(AwaitDeposit, req);
      const done = await reservations.decide(
        id,
        (now) => awaitDeposit({ orderId, dueBy, now }),
        contextOf(req, 'await-deposit', id, orderId),
      );
      res.json({ reservation: resultOf(done), position: positionOf(done) } satisfies CommandDone);
    });

    router.post('/internal/reservations/:id/refunded-outside', async (req, res) => {
      const { id } = parseParams(Params, req);
      const { orderId } = parseBody(RefundedOutside, req);
      const done = await reservations.decide(
        id,
        (now) => refundedOutside({ orderId, now }),
        contextOf(req, 'refunded-outside', id, orderId),
      );
      res.json({ reservation: resultOf(done), position: positionOf(done) } satisfies CommandDone);
    });

    router.post('/internal/reservations/:id/cancel', async (req, res) => {
      const { id } = parseParams(Params, req);
      const { userId } = parseBody(CancelBooking, req);
      const { refund, position } = await cancellations.cancel(id, userId, causationId(req));
      res.json({ refund, position } satisfies BookingCancelled);
    });
  };
