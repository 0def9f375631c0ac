import { ReserveRequest } from '@tiketi/shared-kernel/contracts/http/reservations.js';
import { CommandId, ReservationId } from '@tiketi/shared-kernel/contracts/ids.js';
import { type Authenticator, principalOf } from '@tiketi/shared-kernel/service/authenticate.js';
import { fingerprint, idempotencyKeyOf } from '@tiketi/shared-kernel/service/idempotency.js';
import { correlationId } from '@tiketi/shared-kernel/service/request-context.js';
import { parseBody, parseParams } from '@tiketi/shared-kernel/service/validate.js';
import type { RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { Bookings } from './bookings.js';
import { problemOf } from './problems.js';
import { cancelReservation } from './reservation/cancel-reservation.js';
import type { Reservations } from './reservation/reservations.js';
import type { createReserve } from './reserve.js';

export type PublicPorts = {
  readonly reserve: ReturnType<typeof createReserve>;
  readonly reservations: Reservations;
  readonly bookings: Pick<Bookings, 'find'>;
  readonly authenticator: Authenticator;
  readonly limit: RequestHandler;
};

const Params = z.object({ id: ReservationId });

/** What a buyer may ask of this service. */
export const publicRoutes =
  ({ reserve, reservations, bookings, authenticator, limit }: PublicPorts) =>
  (router: Router): void => {
    router.post('/api/reservations', authenticator.requireUser, limit, async (req, res) => {
      const idempotencyKey = idempotencyKeyOf(req);
      const body = parseBody(ReserveRequest, req);
      const { userId } = principalOf(req);
      const print = fingerprint('POST', '/api/reservations', body);
      res.status(201).json(await reserve({ userId, idempotencyKey, fingerprint: print, requestId: correlationId(), body }));
    });

    router.post('/api/reservations/:id/cancel', authenticator.requireUser, limit, async (req, res) => {
      const { id } = parseParams(Params, req);
      const { userId } = principalOf(req);
      const held = await bookings.find(id);
      if (held === undefined || held.userId !== userId) throw problemOf('ReservationNotFound');
      const done = await reservations.decide(id, (now) => cancelReservation({ now }), {
        commandId: CommandId.parse(`cancel:${id}`),
        correlationId: id,
        causationId: correlationId(),
        actor: { id: userId, role: 'user' },
      });
      if (done === undefined) throw problemOf('ReservationNotFound');
      if (done.outcome.kind === 'refused') throw problemOf(done.outcome.refusal);
      res.json({ id, status: 'cancelled', position: String(done.outcome.position?.commit ?? 0n) });
    });
  };
