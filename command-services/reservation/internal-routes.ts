import { type BookingCancelled, CancelBooking } from '@tiketi/shared-kernel/contracts/http/internal.js';
import { ReservationId } from '@tiketi/shared-kernel/contracts/ids.js';
import { requireService } from '@tiketi/shared-kernel/service/authenticate.js';
import { causationId } from '@tiketi/shared-kernel/service/request-context.js';
import { parseBody, parseParams } from '@tiketi/shared-kernel/service/validate.js';
import type { Router } from 'express';
import { z } from 'zod';
import { type LotPorts, lotRoute } from './internal-lots.js';
import { problemOf } from './problems.js';
import type { Cancellations } from './reservation/cancellations.js';
import type { Reservations } from './reservation/reservations.js';

const Params = z.object({ id: ReservationId });

export type InternalPorts = LotPorts & {
  readonly reservations: Reservations;
  readonly cancellations: Cancellations;
  readonly serviceToken: string;
};

/** What this service owns of a payment, asked for by the payment service. */
export const internalRoutes =
  (ports: InternalPorts) =>
  (router: Router): void => {
    const { reservations, cancellations, serviceToken } = ports;
    router.use('/internal', requireService(serviceToken));

    router.get('/internal/reservations/:id', async (req, res) => {
      const snapshot = await reservations.snapshot(parseParams(Params, req).id);
      if (snapshot === undefined) throw problemOf('ReservationNotFound');
      res.json(snapshot);
    });

    lotRoute(ports)(router);

    router.post('/internal/reservations/:id/cancel', async (req, res) => {
      const { id } = parseParams(Params, req);
      const { userId } = parseBody(CancelBooking, req);
      const { refund, position } = await cancellations.cancel(id, userId, causationId(req));
      res.json({ refund, position } satisfies BookingCancelled);
    });
  };
