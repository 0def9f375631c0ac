import { type CancellationQuote, type Cancelled, ReserveRequest } from '@tiketi/shared-kernel/contracts/http/reservations.js';
import { ReservationId } from '@tiketi/shared-kernel/contracts/ids.js';
import { type Authenticator, principalOf } from '@tiketi/shared-kernel/service/authenticate.js';
import { type IdempotentRequests, keyedOf } from '@tiketi/shared-kernel/service/idempotent-requests.js';
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
  readonly idempotent: IdempotentRequests;
  readonly limit: RequestHandler;
  readonly limitReads: RequestHandler;
};

const Params = z.object({ id: ReservationId });

const quoteOf = (refund: Omit<Refund, 'orderId'> | null): CancellationQuote | null =>
  refund === null ? null : { refundAmount: refund.amount, fee: refund.fee, policyVersion: refund.policyVersion };

/** An entry token says who may ask, not what is wanted: a renewed one does not make another request of it. */
const withoutEntryToken = (body: unknown): unknown => {
  if (typeof body !== 'object' || body === null || !('entryToken' in body)) return body;
  const { entryToken: _, ...wish } = body;
  return wish;
};

/** What a buyer may ask of this service. */
export const publicRoutes =
  ({ reserve, cancellations, authenticator, idempotent, limit, limitReads }: PublicPorts) =>
  (router: Router): void => {
    const { requireUser } = authenticator;
    const reserveOnce = idempotent.once({ wishOf: withoutEntryToken });
    router.post('/api/reservations', requireUser, limit, reserveOnce, async (req, res) => {
      const { key, fingerprint } = keyedOf(req);
      const body = parseBody(ReserveRequest, req);
      const { userId } = principalOf(req);
      res.status(201).json(await reserve({ userId, idempotencyKey: key, fingerprint, requestId: correlationId(req), body }));
    });

    // it books and pays nothing, and the stream knows it was done: whoever asks without a key is understood. What is in its way, such
    // as a payment, passes: a refusal is not the answer for good
    const cancelOnce = idempotent.once({ keyOptional: true, passing: [409] });
    router.post('/api/reservations/:id/cancel', requireUser, limit, cancelOnce, async (req, res) => {
      const { id } = parseParams(Params, req);
      const { userId } = principalOf(req);
      const { refund, position } = await cancellations.cancel(id, userId, correlationId(req));
      res.json({ id, status: 'cancelled', refund: quoteOf(refund), position: position ?? '0' } satisfies z.infer<
        typeof Cancelled
      >);
    });

    router.get('/api/cancellation-quotes/:id', requireUser, limitReads, async (req, res) => {
      const { id } = parseParams(Params, req);
      res.json({ refund: quoteOf(await cancellations.quote(id, principalOf(req).userId)) });
    });
  };
