import { type Request, Router } from 'express';
import { z } from 'zod';
import { cancel, confirm, type Outcome } from './decisions.js';
import { errorReply, languageOf, type TossCode } from './errors.js';
import { authenticate, type Operation, reading, writing } from './exchange.js';
import { isPaid, type Payment } from './payment.js';
import { paymentObject } from './payment-object.js';
import { paymentByKey, paymentByOrder, type Simulation } from './simulation.js';
import { transactionPage } from './transaction-page.js';

export const OrderIdText = z.string().regex(/^[A-Za-z0-9_=-]{6,64}$/);
const Amount = z.int().positive();

const ConfirmBody = z.object({ paymentKey: z.string().min(1).max(200), orderId: OrderIdText, amount: Amount });
const CancelBody = z.object({
  cancelReason: z.string().min(1).max(200),
  cancelAmount: Amount.optional(),
  refundableAmount: z.int().nonnegative().optional(),
});

/** The provider's server API, `/v1`. */
export function apiRoutes(simulation: Simulation): Router {
  const { ledger, now } = simulation;

  const refused = (request: Request, code: TossCode) => errorReply(code, languageOf(request.headers['accept-language']));
  const found = (request: Request, payment: Payment | undefined) =>
    payment === undefined ? refused(request, 'NOT_FOUND_PAYMENT') : { status: 200, body: bodyOf(payment) };
  const bodyOf = (payment: Payment) => JSON.stringify(paymentObject(payment, simulation.publicUrl()));
  const settled = (request: Request, outcome: Outcome): ReturnType<Operation> =>
    'refused' in outcome
      ? { ...refused(request, outcome.refused), payment: outcome.payment }
      : { status: 200, body: bodyOf(outcome.payment), payment: outcome.payment };

  const confirmPayment: Operation = (request) => {
    const body = ConfirmBody.safeParse(request.body);
    if (!body.success) return refused(request, 'INVALID_REQUEST');
    const { paymentKey, orderId } = body.data;
    const paidOrder = ledger.paymentsOf(orderId).some((other) => other.paymentKey !== paymentKey && isPaid(other));
    return settled(request, confirm(body.data, paymentByKey(simulation, paymentKey), paidOrder, now()));
  };

  const cancelPayment: Operation = (request) => {
    const body = CancelBody.safeParse(request.body);
    if (!body.success) return refused(request, 'INVALID_REQUEST');
    return settled(request, cancel(body.data, paymentByKey(simulation, parameter(request, 'paymentKey')), now()));
  };

  const routes = Router();
  routes.use(authenticate(simulation));
  routes.post('/payments/confirm', writing(simulation, confirmPayment));
  routes.post('/payments/:paymentKey/cancel', writing(simulation, cancelPayment));
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
