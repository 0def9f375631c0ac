import express, { type Response, Router } from 'express';
import { z } from 'zod';
import { OrderIdText } from './api-routes.js';
import { APPROVING_CARD, passesLuhn } from './cards.js';
import { checkoutPage, closedPage, receiptPage } from './checkout-page.js';
import { abort } from './decisions.js';
import { errorReply, tossErrors } from './errors.js';
import { newPaymentKey, newSecret } from './keys.js';
import { isPaid, opened, type Payment } from './payment.js';
import { paymentByKey, record, type Simulation } from './simulation.js';

const CardNumber = z
  .string()
  .transform((text) => text.replaceAll(/[\s-]/g, ''))
  .refine(passesLuhn);

/** Where the buyer goes back to: http(s), or a path on the host that showed the page. */
const ReturnUrl = z.union([z.url({ protocol: /^https?$/ }), z.string().regex(/^\/(?![/\\])/)]);

const Session = z.object({
  clientKey: z.string().optional(),
  orderId: OrderIdText,
  amount: z.coerce.number().int().positive(),
  orderName: z.string().min(1).max(100),
  method: z.literal('CARD').default('CARD'),
  card: CardNumber.default(APPROVING_CARD),
  successUrl: ReturnUrl.optional(),
  failUrl: ReturnUrl.optional(),
  /** False leaves the payment READY, as when the buyer has the window open. */
  authenticate: z.boolean().default(true),
});

const Choice = z.discriminatedUnion('decision', [
  z.object({ decision: z.literal('approve'), card: CardNumber }),
  z.object({ decision: z.literal('decline') }),
  z.object({ decision: z.literal('cancel') }),
  z.object({ decision: z.literal('close') }),
]);

/** The buyer's side, in place of the provider's browser SDK: a session by JSON, or a page a person clicks through. */
export function checkoutRoutes(simulation: Simulation): Router {
  const { now } = simulation;

  const wrongKey = (clientKey: string | undefined) => clientKey !== undefined && clientKey !== simulation.keys.clientKey;

  async function open(session: z.infer<typeof Session>): Promise<Payment> {
    const ready: Payment = {
      status: 'READY',
      paymentKey: newPaymentKey(),
      orderId: session.orderId,
      orderName: session.orderName,
      totalAmount: session.amount,
      requestedAt: now(),
      secret: newSecret(),
      successUrl: session.successUrl ?? null,
      failUrl: session.failUrl ?? null,
    };
    const payment = session.authenticate ? authenticated(ready, session.card, now()) : ready;
    await record(simulation, { payment });
    return payment;
  }

  const routes = Router();
  routes.post('/checkout/sessions', async (request, response) => {
    const session = Session.safeParse(request.body);
    if (!session.success) return refuse(response, 'INVALID_REQUEST');
    if (wrongKey(session.data.clientKey)) return refuse(response, 'UNAUTHORIZED_KEY');
    const payment = await open(session.data);
    const { paymentKey, orderId, totalAmount: amount, status } = payment;
    response.json({ paymentKey, orderId, amount, status, paymentType: 'NORMAL', checkoutPath: `checkout/${paymentKey}` });
  });

  routes.get('/checkout', async (request, response) => {
    const session = Session.safeParse({ ...request.query, authenticate: false });
    if (!session.success) return refuse(response, 'INVALID_REQUEST');
    if (wrongKey(session.data.clientKey)) return refuse(response, 'UNAUTHORIZED_KEY');
    const payment = await open(session.data);
    // relative, so that it holds behind any path prefix; a reload then opens no second payment
    response.status(303).set('location', `checkout/${payment.paymentKey}`).end();
  });

  routes.get('/checkout/:paymentKey', (request, response) => {
    const payment = paymentByKey(simulation, request.params.paymentKey);
    if (payment === undefined) return refuse(response, 'NOT_FOUND_PAYMENT');
    response.type('html').send(checkoutPage(payment));
  });

  routes.post('/checkout/:paymentKey/decision', express.urlencoded({ extended: false }), async (request, response) => {
    const payment = paymentByKey(simulation, request.params.paymentKey);
    const choice = Choice.safeParse(request.body);
    if (payment === undefined) return refuse(response, 'NOT_FOUND_PAYMENT');
    if (!choice.success) return refuse(response, 'INVALID_REQUEST');
    const back = (url: string | null, query: Record<string, string>) =>
      url === null ? void response.type('html').send(closedPage(payment)) : void response.redirect(303, withQuery(url, query));
    const { orderId } = payment;
    switch (choice.data.decision) {
      case 'close':
        return void response.type('html').send(closedPage(payment));
      case 'cancel':
        return back(payment.failUrl, { code: 'PAY_PROCESS_CANCELED', message: '구매자가 결제를 취소했습니다.', orderId });
      case 'decline': {
        if (payment.status !== 'READY') return refuse(response, 'ALREADY_PROCESSED_PAYMENT');
        await record(simulation, { payment: abort(payment, 'REJECT_CARD_COMPANY', now()) });
        return back(payment.failUrl, { code: 'REJECT_CARD_COMPANY', message: tossErrors.REJECT_CARD_COMPANY[1], orderId });
      }
      case 'approve': {
        if (payment.status !== 'READY') return refuse(response, 'ALREADY_PROCESSED_PAYMENT');
        await record(simulation, { payment: authenticated(payment, choice.data.card, now()) });
        const amount = String(payment.totalAmount);
        return back(payment.successUrl, { paymentType: 'NORMAL', orderId, paymentKey: payment.paymentKey, amount });
      }
    }
  });

  routes.get('/receipt/:paymentKey', (request, response) => {
    const payment = paymentByKey(simulation, request.params.paymentKey);
    if (payment === undefined || !isPaid(payment)) return refuse(response, 'NOT_FOUND_PAYMENT');
    response.type('html').send(receiptPage(payment));
  });
  return routes;
}

const authenticated = (payment: Payment, card: string, now: number): Payment => ({
  ...opened(payment),
  status: 'IN_PROGRESS',
  card,
  authenticatedAt: now,
  attempts: 0,
});

function refuse(response: Response, code: Parameters<typeof errorReply>[0]): void {
  const { status, body } = errorReply(code, 'ko');
  response.status(status).type('application/json').send(body);
}

function withQuery(url: string, query: Record<string, string>): string {
  const here = 'http://here.invalid';
  const target = new URL(url, here);
  for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value);
  return target.origin === here ? target.href.slice(here.length) : target.href;
}
