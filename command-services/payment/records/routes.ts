import type { PositionWait } from '@tiketi/shared-kernel/event-sourcing/consumers/position-wait.js';
import { type Authenticator, principalOf } from '@tiketi/shared-kernel/service/authenticate.js';
import { parseQuery } from '@tiketi/shared-kernel/service/validate.js';
import type { RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { PaymentRecords } from './my-payments.js';

export type RecordPorts = {
  readonly records: Pick<PaymentRecords, 'mine'>;
  readonly waitForRecords: PositionWait;
  readonly authenticator: Authenticator;
  readonly limitReads: RequestHandler;
};

const MyPaymentsQuery = z.strictObject({
  cursor: z.string().min(1).max(500).optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/)
    .transform(Number)
    .pipe(z.number().max(100))
    .default(20),
  position: z
    .string()
    .regex(/^\d{1,19}$/)
    .transform(BigInt)
    .optional(),
});

/** Longer than any healthy consumer takes, shorter than a person's patience. */
const PATIENCE_MS = 3000;

/** `GET /api/payments/user/me`: one's own orders, newest first; given `?position=`, not older than that unless `x-tiketi-stale` says so. */
export const recordRoutes =
  ({ records, waitForRecords, authenticator, limitReads }: RecordPorts) =>
  (router: Router): void => {
    router.get('/api/payments/user/me', authenticator.requireUser, limitReads, async (req, res) => {
      const { position, limit, cursor } = parseQuery(MyPaymentsQuery, req);
      const seen = position === undefined ? 'reached' : await waitForRecords(position, PATIENCE_MS);
      if (seen === 'stale') res.setHeader('x-tiketi-stale', 'true');
      res.set('cache-control', 'private, no-store').json(await records.mine(principalOf(req).userId, { limit, cursor }));
    });
  };
