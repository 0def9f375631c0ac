import { ChargePointsRequest } from '@tiketi/shared-kernel/contracts/http/payments.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { type Authenticator, principalOf } from '@tiketi/shared-kernel/service/authenticate.js';
import { type IdempotentRequests, keyedOf } from '@tiketi/shared-kernel/service/idempotent-requests.js';
import { correlationId } from '@tiketi/shared-kernel/service/request-context.js';
import { parseBody } from '@tiketi/shared-kernel/service/validate.js';
import type { RequestHandler, Router } from 'express';
import type { PointCharges } from './point-charges.js';

export type PointChargePorts = {
  readonly pointCharges: Pick<PointCharges, 'prepare'>;
  readonly authenticator: Authenticator;
  readonly idempotent: IdempotentRequests;
  readonly limit: RequestHandler;
};

/** Buying points begins here; `POST /api/payments/confirm` settles the order it answers with. */
export const pointChargeRoutes =
  ({ pointCharges, authenticator, idempotent, limit }: PointChargePorts) =>
  (router: Router): void => {
    router.post('/api/points/charge', authenticator.requireUser, limit, idempotent.once(), async (req, res) => {
      const { key } = keyedOf(req);
      const { amount } = parseBody(ChargePointsRequest, req);
      const { userId } = principalOf(req);
      const asking = { causationId: correlationId(req), actor: { id: userId, role: 'user' } };
      res.status(201).json(await pointCharges.prepare(Won.parse(amount), userId, key, asking));
    });
  };
