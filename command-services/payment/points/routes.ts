import type { PointsBalance } from '@tiketi/shared-kernel/contracts/http/payments.js';
import { type Authenticator, principalOf } from '@tiketi/shared-kernel/service/authenticate.js';
import { parseQuery } from '@tiketi/shared-kernel/service/validate.js';
import type { RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { PointsAccounts } from './accounts.js';
import type { createPointsHistory } from './ledger/history.js';

export type PointsPorts = {
  readonly pointsAccounts: Pick<PointsAccounts, 'find'>;
  readonly pointsHistory: ReturnType<typeof createPointsHistory>;
  readonly authenticator: Authenticator;
  readonly limitReads: RequestHandler;
};

const HistoryQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional(),
});

/** A buyer's own points: the balance exactly as the stream has it, the history as far as the ledger has read. */
export const pointsRoutes =
  ({ pointsAccounts, pointsHistory, authenticator, limitReads }: PointsPorts) =>
  (router: Router): void => {
    router.get('/api/points/balance', authenticator.requireUser, limitReads, async (req, res) => {
      const { available, held } = await pointsAccounts.find(principalOf(req).userId);
      res.json({ balance: available, held } satisfies PointsBalance);
    });

    router.get('/api/points/history', authenticator.requireUser, limitReads, async (req, res) => {
      const { limit, cursor } = parseQuery(HistoryQuery, req);
      res.json(await pointsHistory(principalOf(req).userId, { limit, before: cursor }));
    });
  };
