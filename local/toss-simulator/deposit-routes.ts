import express, { Router } from 'express';
import { z } from 'zod';
import { pageLanguage, refuse } from './checkout-routes.js';
import { bankPage } from './deposit-page.js';
import { paymentByAccount, paymentByKey, record, type Simulation } from './simulation.js';
import { deposit, depositError } from './virtual-account.js';

const Decision = z.object({ decision: z.enum(['deposit', 'error']) });
const Transfer = z.object({
  accountNumber: z.string().max(20),
  amount: z.string().regex(/^\d+$/).transform(Number),
});

/** Paying into virtual accounts by hand: the console's button on a payment's page, and a bank counter. */
export function depositRoutes(simulation: Simulation): Router {
  const { now } = simulation;
  const form = express.urlencoded({ extended: false });
  const routes = Router();

  routes.post('/checkout/:paymentKey/deposit', form, async (request, response) => {
    const payment = paymentByKey(simulation, String(request.params.paymentKey));
    const choice = Decision.safeParse(request.body);
    if (payment === undefined) return refuse(request, response, 'NOT_FOUND_PAYMENT');
    if (!choice.success) return refuse(request, response, 'INVALID_REQUEST');
    const outcome = choice.data.decision === 'deposit' ? deposit(payment, undefined, now()) : depositError(payment, now());
    if ('payment' in outcome) await record(simulation, outcome);
    // a refusal shows on the page as the state the payment is in
    response
      .status(303)
      .set('location', `../${payment.paymentKey}?lang=${pageLanguage(request)}`)
      .end();
  });

  routes.get('/bank', (request, response) => void response.type('html').send(bankPage(pageLanguage(request), '', undefined)));

  routes.post('/bank', form, async (request, response) => {
    const transfer = Transfer.safeParse(request.body);
    if (!transfer.success) return refuse(request, response, 'INVALID_REQUEST');
    const { accountNumber, amount } = transfer.data;
    const outcome = deposit(paymentByAccount(simulation, accountNumber), amount, now());
    if ('payment' in outcome) await record(simulation, outcome);
    const said = 'payment' in outcome ? outcome.payment : outcome.refused;
    response.type('html').send(bankPage(pageLanguage(request), 'payment' in outcome ? '' : accountNumber, said));
  });
  return routes;
}
