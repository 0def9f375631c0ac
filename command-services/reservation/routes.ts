import { type CancellationQuote, type Cancelled, ReserveRequest } from '@tiketi/shared-kernel/contracts/http/reservations.js';
import { ReservationId } from '@tiketi/shared-kernel/contracts/ids.js';
import { type Authenticator, principalOf } from '@tiketi/shared-kernel/service/authenticate.js';
import { fingerprint, idempotencyKeyOf } from '@tiketi/shared-kernel/service/idempotency.js';
import { correlationId } from '@tiketi/shared-kernel/service/request-context.js';
import { parseBody, parseParams } from '@tiketi/shared-kernel/service/validate.js';
import type { RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { Cancellations } from './reservation/cancellations.js';
import type { Refund } from './reservation/reservation.js';
import type { createReserve } from './reserve.js';

export type PublicPorts = {
  readonly reserve: ReturnType<typeof createReserve>;
  readonly cancellations: Cancellations;
  readonly authenticator: Authenticator;
  readonly limit: RequestHandler;
  readonly limitReads: RequestHandler;
};

const Params = z.object({ id: ReservationId });

const quoteOf = (refund: Omit<Refund, 'orderId'> | null): CancellationQuote | null =>
  refund === null ? null : { refundAmount: refund.amount, fee: refund.fee, policyVersion: refund.policyVersion };

/** What a buyer may ask of this service. */
export const publicRoutes =
  ({ reserve, cancellations, authenticator, limit, limitReads }: PublicPorts) =>
  (router: Router): void => {
    router.post('/api/reservations', authenticator.requireUser, limit, async (req, res) => {
      const idempotencyKey = idempotencyKeyOf(req);
      const body = parseBody(ReserveRequest, req);
      const { userId } = principalOf(req);
      // an entry token says who may ask, not what is wanted: a renewed one does not make another request of it
      const { entryToken: _, ...wish } = body;
      const print = fingerprint('POST', '/api/reservations', wish);
      res.status(201).json(await reserve({ userId, idempotencyKey, fingerprint: print, requestId: correlationId(), body }));
    });

    router.post('/api/reservations/:id/cancel', authenticator.requireUser, limit, async (req, res) => {
      const { id } = parseParams(Params, req);
      const { userId } = principalOf(req);
      const { refund, position } = await cancellations.cancel(id, userId);
      res.json({ id, status: 'cancelled', refund: quoteOf(refund), position: position ?? '0' } satisfies z.infer<
        typeof Cancelled
      >);
    });

    router.get('/api/cancellation-quotes/:id', authenticator.requireUser, limitReads, async (req, res) => {
      const { id } = parseParams(Params, req);
      res.json({ refund: quoteOf(await cancellations.quote(id, principalOf(req).userId)) });
    });
  };
