import { type Response, Router } from 'express';
import { z } from 'zod';
import { paymentObject } from './payment-object.js';
import { readBody } from './read-body.js';
import { paymentByAccount, paymentByKey, paymentByOrder, record, type Simulation, viewOf } from './simulation.js';
import { type DepositOutcome, deposit, depositError } from './virtual-account.js';

const Target = z.union([
  z.strictObject({ orderId: z.string() }),
  z.strictObject({ paymentKey: z.string() }),
  z.strictObject({ accountNumber: z.string() }),
]);
const Deposit = z.object({ amount: z.int().positive().optional() });

/** Deposits for programs: `POST /simulator/deposits`, and `/simulator/deposits/error` for one the bank takes back. */
export function depositControls(simulation: Simulation): Router {
  const { now } = simulation;
  const find = (target: z.infer<typeof Target>) => {
    if ('orderId' in target) return paymentByOrder(simulation, target.orderId);
    if ('paymentKey' in target) return paymentByKey(simulation, target.paymentKey);
    return paymentByAccount(simulation, target.accountNumber);
  };
  const answer = async (response: Response, outcome: DepositOutcome) => {
    if ('refused' in outcome) return void response.status(409).json({ code: outcome.refused });
    await record(simulation, outcome);
    response.json(paymentObject(outcome.payment, viewOf(simulation)));
  };

  const routes = Router();
  routes.post('/deposits', async (request, response) => {
    const { amount: _, ...named } = Object(request.body) as Record<string, unknown>;
    const money = readBody(Deposit, request.body, response);
    const target = money === undefined ? undefined : readBody(Target, named, response);
    if (money === undefined || target === undefined) return;
    await answer(response, deposit(find(target), money.amount, now()));
  });
  routes.post('/deposits/error', async (request, response) => {
    const target = readBody(Target, request.body, response);
    if (target !== undefined) await answer(response, depositError(find(target), now()));
  });
  return routes;
}
