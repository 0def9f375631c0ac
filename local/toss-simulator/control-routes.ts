import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import { depositControls } from './deposit-controls.js';
import { FaultRequest } from './faults.js';
import { forgeryControls } from './forgery-controls.js';
import { balanceOf, isPaid } from './payment.js';
import { readBody } from './read-body.js';
import { SettingsChange } from './settings.js';
import { paymentByKey, type Simulation } from './simulation.js';
import { WebhookScript } from './webhooks.js';

const Clock = z.strictObject({ advanceMs: z.int().positive() });

/** Scripts and the truth, for tests and operators: `/simulator`. Only for this machine: what a proxy passes on is not found. */
export function controlRoutes(simulation: Simulation): Router {
  const routes = Router();
  routes.use(directOnly);
  routes.post('/faults', (request, response) => {
    const fault = readBody(FaultRequest, request.body, response);
    if (fault === undefined) return;
    simulation.faults.add(fault);
    response.status(201).json(fault);
  });
  routes.get('/faults', (_request, response) => void response.json(simulation.faults.list()));
  routes.delete('/faults', (_request, response) => {
    simulation.faults.clear();
    response.status(204).end();
  });
  routes.post('/webhooks', (request, response) => {
    const script = readBody(WebhookScript, request.body, response);
    if (script === undefined) return;
    simulation.webhooks.script(script);
    response.json(script);
  });
  routes.get('/webhooks', (_request, response) => void response.json({ owed: simulation.ledger.deliveries() }));
  routes.get('/settings', (_request, response) => void response.json(simulation.settings));
  routes.post('/settings', (request, response) => {
    const change = readBody(SettingsChange, request.body, response);
    if (change === undefined) return;
    Object.assign(simulation.settings, change);
    response.json(simulation.settings);
  });
  routes.post('/clock', (request, response) => {
    const clock = readBody(Clock, request.body, response);
    if (clock === undefined) return;
    simulation.advance(clock.advanceMs);
    response.json({ now: new Date(simulation.now()).toISOString() });
  });
  routes.get('/ledger', async (_request, response) => {
    const transactions = simulation.ledger.transactions();
    const keys = new Set(transactions.map(({ paymentKey }) => paymentKey));
    const payments = [...keys].flatMap((key) => paymentByKey(simulation, key) ?? []).filter(isPaid);
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
  routes.use(depositControls(simulation));
  routes.use(forgeryControls(simulation));
  return routes;
}

const directOnly: RequestHandler = (request, response, next) => {
  if (request.headers['x-forwarded-for'] ?? request.headers['x-forwarded-host'] ?? request.headers.forwarded) {
    return void response.status(404).end();
  }
  next();
};
