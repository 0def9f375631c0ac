import { ConfirmRequest, PrepareRequest } from '@tiketi/shared-kernel/contracts/http/payments.js';
import { OrderId, type UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { type Authenticator, principalOf } from '@tiketi/shared-kernel/service/authenticate.js';
import { idempotencyKeyOf } from '@tiketi/shared-kernel/service/idempotency.js';
import { correlationId } from '@tiketi/shared-kernel/service/request-context.js';
import { parseBody, parseParams } from '@tiketi/shared-kernel/service/validate.js';
import type { RequestHandler, Response, Router } from 'express';
import { z } from 'zod';
import type { Asking } from './orders.js';
import type { Order } from './payment/payment.js';
import type { Payments } from './payments.js';
import { problemOf } from './problems.js';
import type { Settled } from './settle.js';

export type PublicPorts = {
  readonly payments: Payments;
  readonly authenticator: Authenticator;
  readonly limit: RequestHandler;
  readonly limitReads: RequestHandler;
};

/** A buyer is answered within this, known or not (R-PAY). */
const ANSWER_WITHIN_MS = 3000;

const askedBy = (userId: UserId): Asking => ({ causationId: correlationId(), actor: { id: userId, role: 'user' } });

const inTime = async (settled: Promise<Settled>): Promise<Settled> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Settled>((resolve) => {
    timer = setTimeout(resolve, ANSWER_WITHIN_MS, { kind: 'delayed' });
  });
  try {
    return await Promise.race([settled, late]);
  } finally {
    clearTimeout(timer);
  }
};

const answer = (res: Response, { orderId, reservationId }: Order, settled: Settled): void => {
  switch (settled.kind) {
    case 'confirmed':
      res.json({ status: 'confirmed', reservationId, orderId, position: settled.position });
      return;
    case 'delayed':
      res.status(202).json({ status: 'payment_delayed', reservationId, statusUrl: `/api/payments/order/${orderId}` });
      return;
    case 'declined':
      throw problemOf('Declined', { detail: settled.code });
    case 'givenBack':
      throw problemOf('GivenBack');
    case 'refused':
      throw problemOf(settled.refusal);
  }
};

export const publicRoutes =
  ({ payments, authenticator, limit, limitReads }: PublicPorts) =>
  (router: Router): void => {
    router.post('/api/payments/prepare', authenticator.requireUser, limit, async (req, res) => {
      const key = idempotencyKeyOf(req);
      const { reservationId } = parseBody(PrepareRequest, req);
      const { userId } = principalOf(req);
      res.status(201).json(await payments.prepare(reservationId, userId, key, askedBy(userId)));
    });

    router.post('/api/payments/confirm', authenticator.requireUser, limit, async (req, res) => {
      idempotencyKeyOf(req);
      const body = parseBody(ConfirmRequest, req);
      const { userId } = principalOf(req);
      const { order, settled } = await payments.confirm(body, userId, askedBy(userId));
      answer(res, order, await inTime(settled));
    });

    router.get('/api/payments/order/:orderId', authenticator.requireUser, limitReads, async (req, res) => {
      const { orderId } = parseParams(z.object({ orderId: OrderId }), req);
      res.json(await payments.view(orderId, principalOf(req).userId));
    });
  };
