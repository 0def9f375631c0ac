import { Router } from 'express';
import { z } from 'zod';
import { newSecret } from './keys.js';
import { depositCallback, statusChanged, WEBHOOK_EVENTS } from './notices.js';
import { readBody } from './read-body.js';
import { paymentByOrder, type Simulation, viewOf } from './simulation.js';

const Forgery = z.strictObject({
  orderId: z.string(),
  event: z.enum(WEBHOOK_EVENTS).default('PAYMENT_STATUS_CHANGED'),
  /** What the forger claims; each left out is the truth, but the secret, which is then a wrong one. */
  status: z.string().optional(),
  secret: z.string().nullable().optional(),
  totalAmount: z.int().optional(),
  claimedOrderId: z.string().optional(),
});

/** `POST /simulator/webhooks/forged`: a webhook as somebody else could send it, at once; answers what the receiver said. */
export function forgeryControls(simulation: Simulation): Router {
  const routes = Router();
  routes.post('/webhooks/forged', async (request, response) => {
    const forgery = readBody(Forgery, request.body, response);
    if (forgery === undefined) return;
    const payment = paymentByOrder(simulation, forgery.orderId);
    if (payment === undefined) return void response.status(404).json({ code: 'NOT_FOUND_PAYMENT' });
    const { status, totalAmount, claimedOrderId, secret = newSecret() } = forgery;
    const claims = {
      secret,
      ...(status === undefined ? {} : { status }),
      ...(claimedOrderId === undefined ? {} : { orderId: claimedOrderId }),
    };
    const amounts = totalAmount === undefined ? {} : { totalAmount, balanceAmount: totalAmount };
    const view = viewOf(simulation);
    const notice = statusChanged(payment, view);
    const body =
      forgery.event === 'DEPOSIT_CALLBACK'
        ? { ...depositCallback(payment, view.now), ...claims }
        : { ...notice, data: { ...notice.data, ...claims, ...amounts } };
    const answered = await simulation.webhooks.send(body);
    if (answered === undefined) return void response.status(409).json({ code: 'NO_RECEIVER' });
    response.json({ answered });
  });
  return routes;
}
