import { type Request, Router } from 'express';
import { accountRequest } from './account-request.js';
import { cancel } from './cancel.js';
import { confirm, type Outcome } from './decisions.js';
import { errorReply, languageOf, type TossCode } from './errors.js';
import { authenticate, type Operation, reading, writing } from './exchange.js';
import { isConfirmed, type Payment } from './payment.js';
import { paymentObject } from './payment-object.js';
import { CancelBody, ConfirmBody, VirtualAccountBody } from './request-bodies.js';
import { paymentByKey, paymentByOrder, type Simulation, viewOf } from './simulation.js';
import { transactionPage } from './transaction-page.js';

/** The provider's server API, `/v1`. */
export function apiRoutes(simulation: Simulation): Router {
  const { ledger, now, settings } = simulation;

  const refused = (request: Request, code: TossCode) => errorReply(code, languageOf(request.headers['accept-language']));
  const found = (request: Request, payment: Payment | undefined) =>
    payment === undefined ? refused(request, 'NOT_FOUND_PAYMENT') : { status: 200, body: bodyOf(payment) };
  const bodyOf = (payment: Payment) => JSON.stringify(paymentObject(payment, viewOf(simulation)));
  const settled = (request: Request, outcome: Outcome): ReturnType<Operation> =>
    'refused' in outcome
      ? { ...refused(request, outcome.refused), payment: outcome.payment }
      : { status: 200, body: bodyOf(outcome.payment), payment: outcome.payment };
  const taken = (orderId: string, except?: string) =>
    ledger.paymentsOf(orderId).some((other) => other.paymentKey !== except && isConfirmed(other));

  const confirmPayment: Operation = (request) => {
    const body = ConfirmBody.safeParse(request.body);
    if (!body.success) return refused(request, 'INVALID_REQUEST');
    const { paymentKey, orderId } = body.data;
    return settled(request, confirm(body.data, paymentByKey(simulation, paymentKey), taken(orderId, paymentKey), now()));
  };

  const cancelPayment: Operation = (request) => {
    const body = CancelBody.safeParse(request.body);
    if (!body.success) return refused(request, 'INVALID_REQUEST');
    const payment = paymentByKey(simulation, parameter(request, 'paymentKey'));
    return settled(request, cancel(body.data, payment, now(), settings.cancelPauseMs));
  };

  const issueAccount: Operation = (request) => {
    const body = VirtualAccountBody.safeParse(request.body);
    if (!body.success) return refused(request, 'INVALID_REQUEST');
    return settled(request, accountRequest(body.data, taken(body.data.orderId), now()));
  };

  const routes = Router();
  routes.use(authenticate(simulation));
  routes.post('/payments/confirm', writing(simulation, confirmPayment));
  routes.post('/payments/:paymentKey/cancel', writing(simulation, cancelPayment));
  routes.post('/virtual-accounts', writing(simulation, issueAccount));
  routes.get(
    '/payments/orders/:orderId',
    reading(simulation, (request) => found(request, paymentByOrder(simulation, parameter(request, 'orderId')))),
  );
  routes.get(
    '/payments/:paymentKey',
    reading(simulation, (request) => found(request, paymentByKey(simulation, parameter(request, 'paymentKey')))),
  );
  routes.get(
    '/transactions',
    reading(simulation, (request) => {
      const page = transactionPage(request.query, ledger.transactions(), simulation.publicUrl());
      return 'refused' in page ? refused(request, page.refused) : { status: 200, body: JSON.stringify(page.lines) };
    }),
  );
  return routes;
}

function parameter(request: Request, name: string): string {
  const value = request.params[name];
  return typeof value === 'string' ? value : '';
}
