import { FinishRefund, RefundOrder, type SettleAnswer } from '@tiketi/shared-kernel/contracts/http/internal.js';
import { OrderId } from '@tiketi/shared-kernel/contracts/ids.js';
import { requireService } from '@tiketi/shared-kernel/service/authenticate.js';
import { causationId } from '@tiketi/shared-kernel/service/request-context.js';
import { parseBody, parseParams } from '@tiketi/shared-kernel/service/validate.js';
import type { Request, Router } from 'express';
import { z } from 'zod';
import type { Asking, Known, Orders } from './orders.js';
import { type PointsSteps, pointsOf } from './points/points-steps.js';
import { problemOf } from './problems.js';
import type { RefundOutcome, Refunds } from './refunds.js';
import type { Settlement, Standing } from './settle.js';

export type InternalPorts = {
  readonly orders: Orders;
  readonly settlement: Settlement;
  readonly refunds: Refunds;
  readonly points: PointsSteps;
  readonly serviceToken: string;
};

const standingOf = (refund: RefundOutcome): Standing => (refund === 'refunded' ? 'refunded' : 'open');

/** What the booking process asks of payments. Each may be asked again and again. */
export const internalRoutes =
  ({ orders, settlement, refunds, points, serviceToken }: InternalPorts) =>
  (router: Router): void => {
    router.use('/internal', requireService(serviceToken));

    const orderOf = async (req: Request): Promise<Known> => {
      const { orderId } = parseParams(z.object({ orderId: OrderId }), req);
      const found = await orders.find(orderId);
      if (found === undefined) throw problemOf('PaymentNotFound');
      return found.payment;
    };
    const asking = (req: Request): Asking => ({
      causationId: causationId(req),
      actor: { id: 'booking-process', role: 'service' },
    });

    const step = (name: string, run: (known: Known, req: Request) => Promise<Standing>): void => {
      router.post(`/internal/payments/:orderId/${name}`, async (req, res) => {
        const status = await run(await orderOf(req), req);
        res.json({ status } satisfies SettleAnswer);
      });
    };

    step('abandon', (known, req) => settlement.abandon(known, asking(req)));
    step('resolve', (known, req) => settlement.resolve(known, asking(req)));
    step('close', (known, req) => settlement.close(known, asking(req)));
    step('give-back', async ({ order }, req) => standingOf(await refunds.giveBack(order, asking(req))));
    step('refund', async ({ order }, req) => standingOf(await refunds.refund(order, parseBody(RefundOrder, req), asking(req))));
    step('finish-refund', async ({ order }, req) =>
      standingOf(await refunds.finish(order.orderId, parseBody(FinishRefund, req).refundId, asking(req))),
    );
    step('capture-points', async ({ order }, req) => {
      await points.capture(pointsOf(order), asking(req));
      return 'approved';
    });
    step('void-points', async ({ order }, req) => {
      await points.void(pointsOf(order), asking(req));
      return 'abandoned';
    });
  };
