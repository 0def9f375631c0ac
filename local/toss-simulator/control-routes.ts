import { type RequestHandler, Router } from 'express';
import { FaultRequest } from './faults.js';
import { balanceOf } from './payment.js';
import { paymentByKey, type Simulation } from './simulation.js';
import { WebhookScript } from './webhooks.js';

/** Scripts and the truth, for tests and operators: `/simulator`. Only for this machine: what a proxy passes on is not found. */
export function controlRoutes(simulation: Simulation): Router {
  const routes = Router();
  routes.use(directOnly);
  routes.post('/faults', (request, response) => {
    const fault = FaultRequest.safeParse(request.body ?? {});
    if (!fault.success) return void response.status(400).json({ code: 'INVALID_REQUEST', message: fault.error.message });
    simulation.faults.add(fault.data);
    response.status(201).json(fault.data);
  });
  routes.get('/faults', (_request, response) => void response.json(simulation.faults.list()));
  routes.delete('/faults', (_request, response) => {
    simulation.faults.clear();
    response.status(204).end();
  });
  routes.post('/webhooks', (request, response) => {
    const script = WebhookScript.safeParse(request.body ?? {});
    if (!script.success) return void response.status(400).json({ code: 'INVALID_REQUEST', message: script.error.message });
    simulation.webhooks.script(script.data);
    response.json(script.data);
  });
  routes.get('/ledger', async (_request, response) => {
    const transactions = simulation.ledger.transactions();
    const keys = new Set(transactions.map(({ paymentKey }) => paymentKey));
    const payments = [...keys].flatMap((key) => paymentByKey(simulation, key) ?? []);
    const report = {
      transactions,
      payments: payments.map((payment) => ({
        paymentKey: payment.paymentKey,
        orderId: payment.orderId,
        status: payment.status,
        totalAmount: payment.totalAmount,
        balanceAmount: balanceOf(payment),
      })),
    };
    await simulation.ledger.flushed();
    response.json(report);
  });
  return routes;
}

const directOnly: RequestHandler = (request, response, next) => {
  if (request.headers['x-forwarded-for'] ?? request.headers['x-forwarded-host'] ?? request.headers.forwarded) {
    return void response.status(404).end();
  }
  next();
};
