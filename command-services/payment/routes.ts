import {
  type AwaitingDeposit,
  CancelPaymentRequest,
  ConfirmRequest,
  PrepareRequest,
} from '@tiketi/shared-kernel/contracts/http/payments.js';
import { OrderId, PaymentKey, type UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { type Authenticator, principalOf } from '@tiketi/shared-kernel/service/authenticate.js';
import { type IdempotentRequests, keyedOf } from '@tiketi/shared-kernel/service/idempotent-requests.js';
import { correlationId } from '@tiketi/shared-kernel/service/request-context.js';
import { parseBody, parseParams } from '@tiketi/shared-kernel/service/validate.js';
import type { Request, RequestHandler, Response, Router } from 'express';
import { z } from 'zod';
import type { Asking } from './orders.js';
import type { Order } from './payment/payment.js';
import type { Payments } from './payments.js';
import type { PointCharges } from './point-charge/point-charges.js';
import { problemOf } from './problems.js';
import type { Settled } from './settle.js';

export type PublicPorts = {
  readonly payments: Pick<Payments, 'prepare' | 'confirm' | 'cancel' | 'view'>;
  readonly pointCharges: Pick<PointCharges, 'owns' | 'confirm' | 'view'>;
  /** The order a payment key belongs to, as far as the records have read. */
  readonly orderByPaymentKey: (paymentKey: PaymentKey) => Promise<OrderId | undefined>;
  readonly authenticator: Authenticator;
  readonly idempotent: IdempotentRequests;
  readonly limit: RequestHandler;
  readonly limitReads: RequestHandler;
};

/** A buyer is answered within this, known or not (R-PAY). */
const ANSWER_WITHIN_MS = 3000;

const askedBy = (req: Request, userId: UserId): Asking => ({
  causationId: correlationId(req),
  actor: { id: userId, role: 'user' },
});

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

/** An order as its buyer names it; one that bought points has no reservation. */
type Asked = Pick<Order, 'orderId'> & { readonly reservationId: Order['reservationId'] | null };

const answer = (res: Response, { orderId, reservationId }: Asked, settled: Settled): void => {
  switch (settled.kind) {
    case 'confirmed':
      res.json({ status: 'confirmed', reservationId, orderId, position: settled.position });
      return;
    case 'awaitingDeposit': {
      const { bankCode = null, accountNumber = null } = settled.account ?? {};
      const { dueBy } = settled;
      const body = { status: 'awaiting_deposit', orderId, bankCode, accountNumber, dueBy } as const;
      res.status(202).json({ ...body, reservationId } satisfies Omit<AwaitingDeposit, 'reservationId'> & Asked);
      return;
    }
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
  ({ payments, pointCharges, orderByPaymentKey, authenticator, idempotent, limit, limitReads }: PublicPorts) =>
  (router: Router): void => {
    const { requireUser } = authenticator;
    // with its defaults filled in: without points and with none of them is one wish
    const prepareOnce = idempotent.once({ wishOf: (body) => PrepareRequest.safeParse(body).data ?? body });
    router.post('/api/payments/prepare', requireUser, limit, prepareOnce, async (req, res) => {
      const { key } = keyedOf(req);
      const body = parseBody(PrepareRequest, req);
      const { userId } = principalOf(req);
      res.status(201).json(await payments.prepare(body, userId, key, askedBy(req, userId)));
    });

    router.post('/api/payments/confirm', requireUser, limit, idempotent.once(), async (req, res) => {
      const body = parseBody(ConfirmRequest, req);
      const { userId } = principalOf(req);
      const { confirm } = pointCharges.owns(body.orderId) ? pointCharges : payments;
      const { order, settled } = await confirm(body, userId, askedBy(req, userId));
      answer(res, order, await inTime(settled));
    });

    // the records by which an order is found may be a moment behind it, and a refund may go on after its first answer: asked again, the
    // stream knows the refund by its key, and what hangs is pushed on
    const cancelOnce = idempotent.once({ passing: [200, 404] });
    router.post('/api/payments/:paymentKey/cancel', requireUser, limit, cancelOnce, async (req, res) => {
      const { key } = keyedOf(req);
      const { paymentKey } = parseParams(z.object({ paymentKey: PaymentKey }), req);
      const body = parseBody(CancelPaymentRequest, req);
      const { userId, roles } = principalOf(req);
      const orderId = await orderByPaymentKey(paymentKey);
      // points that were bought are not given back by their buyer: they may be spent already
      if (orderId === undefined || pointCharges.owns(orderId)) throw problemOf('PaymentNotFound');
      const staff = roles.includes('admin');
      const asking: Asking = { causationId: correlationId(req), actor: { id: userId, role: staff ? 'admin' : 'user' } };
      res.json(await payments.cancel(orderId, { userId, staff }, body, key, asking));
    });

    router.get('/api/payments/order/:orderId', requireUser, limitReads, async (req, res) => {
      const { orderId } = parseParams(z.object({ orderId: OrderId }), req);
      const { view } = pointCharges.owns(orderId) ? pointCharges : payments;
      res.json(await view(orderId, principalOf(req).userId));
    });
  };
