import type { SettleAnswer } from '@tiketi/shared-kernel/contracts/http/internal.js';
import { OrderId } from '@tiketi/shared-kernel/contracts/ids.js';
import { requireService } from '@tiketi/shared-kernel/service/authenticate.js';
import { correlationId } from '@tiketi/shared-kernel/service/request-context.js';
import { parseParams } from '@tiketi/shared-kernel/service/validate.js';
import type { Request, Router } from 'express';
import { z } from 'zod';
import type { Asking, Known, Orders } from './orders.js';
import { problemOf } from './problems.js';
import type { Settlement } from './settle.js';

export type InternalPorts = { readonly orders: Orders; readonly settlement: Settlement; readonly serviceToken: string };

/** What the booking process asks of payments: abandon, resolve, refund. Each may be asked again and again. */
export const internalRoutes =
  ({ orders, settlement, serviceToken }: InternalPorts) =>
  (router: Router): void => {
    router.use('/internal', requireService(serviceToken));

    const orderOf = async (req: Request): Promise<Known> => {
      const { orderId } = parseParams(z.object({ orderId: OrderId }), req);
      const found = await orders.find(orderId);
      if (found === undefined) throw problemOf('PaymentNotFound');
      return found.payment;
    };
    const asking = (): Asking => ({ causationId: correlationId(), actor: { id: 'booking-process', role: 'service' } });

    router.post('/internal/payments/:orderId/abandon', async (req, res) => {
      const status = await settlement.abandon(await orderOf(req), asking());
      res.json({ status } satisfies SettleAnswer);
    });

    router.post('/internal/payments/:orderId/resolve', async (req, res) => {
      const status = await settlement.resolve(await orderOf(req), asking());
      res.json({ status } satisfies SettleAnswer);
    });

    router.post('/internal/payments/:orderId/refund', async (req, res) => {
      const { order } = await orderOf(req);
      const refund = await settlement.refund(order, asking());
      res.json({ status: refund === 'refunded' ? 'refunded' : 'open' } satisfies SettleAnswer);
    });
  };
