import express, { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { authenticatedPage, checkoutPage, closedPage, receiptPage } from './checkout-page.js';
import { authenticate, BuyerChoice, openPayment, SessionRequest, WindowRequest } from './checkout-session.js';
import { abort } from './decisions.js';
import { errorReply, languageOf, type TossCode, tossErrors } from './errors.js';
import { isPaid, type Payment } from './payment.js';
import { paymentByKey, record, type Simulation } from './simulation.js';

const Decision = z.object({ decision: z.enum(['approve', 'decline', 'cancel', 'close']) });

/** The buyer's side, in place of the provider's browser SDK: a session by JSON, or a page a person clicks through. */
export function checkoutRoutes(simulation: Simulation): Router {
  const { now } = simulation;
  const wrongKey = (clientKey: string | undefined) => clientKey !== undefined && clientKey !== simulation.keys.clientKey;

  const routes = Router();
  routes.post('/checkout/sessions', async (request, response) => {
    const session = SessionRequest.safeParse(request.body);
    if (!session.success) return refuse(request, response, 'INVALID_REQUEST');
    if (wrongKey(session.data.clientKey)) return refuse(request, response, 'UNAUTHORIZED_KEY');
    const opening = openPayment(session.data, now());
    const outcome =
      'payment' in opening && session.data.authenticate ? authenticate(opening.payment, session.data, now()) : opening;
    if ('refused' in outcome) return refuse(request, response, outcome.refused);
    await record(simulation, outcome);
    const { paymentKey, orderId, totalAmount: amount, status } = outcome.payment;
    response.json({ paymentKey, orderId, amount, status, paymentType: 'NORMAL', checkoutPath: `checkout/${paymentKey}` });
  });

  routes.get('/checkout', async (request, response) => {
    const session = WindowRequest.safeParse(request.query);
    if (!session.success) return refuse(request, response, 'INVALID_REQUEST');
    if (wrongKey(session.data.clientKey)) return refuse(request, response, 'UNAUTHORIZED_KEY');
    const outcome = openPayment(session.data, now());
    if ('refused' in outcome) return refuse(request, response, outcome.refused);
    await record(simulation, outcome);
    const asked = askedLanguage(request);
    // relative, so that it holds behind any path prefix; a reload then opens no second payment
    const page = `checkout/${outcome.payment.paymentKey}${asked === undefined ? '' : `?lang=${asked}`}`;
    response.status(303).set('location', page).end();
  });

  routes.get('/checkout/:paymentKey', (request, response) => {
    const payment = paymentByKey(simulation, request.params.paymentKey);
    if (payment === undefined) return refuse(request, response, 'NOT_FOUND_PAYMENT');
    response.type('html').send(checkoutPage(payment, pageLanguage(request), now()));
  });

  routes.post('/checkout/:paymentKey/decision', express.urlencoded({ extended: false }), async (request, response) => {
    const payment = paymentByKey(simulation, request.params.paymentKey);
    const choice = Decision.safeParse(request.body);
    if (payment === undefined) return refuse(request, response, 'NOT_FOUND_PAYMENT');
    if (!choice.success) return refuse(request, response, 'INVALID_REQUEST');
    const language = pageLanguage(request);
    const back = (url: string | null, query: Record<string, string>, instead: Payment) => {
      if (url !== null) return void response.redirect(303, withQuery(url, query));
      const page = instead.status === 'IN_PROGRESS' ? authenticatedPage : closedPage;
      response.type('html').send(page(instead, language));
    };
    const { orderId } = payment;
    switch (choice.data.decision) {
      case 'close':
        return void response.type('html').send(closedPage(payment, language));
      case 'cancel':
        return back(
          payment.failUrl,
          { code: 'PAY_PROCESS_CANCELED', message: '구매자가 결제를 취소했습니다.', orderId },
          payment,
        );
      case 'decline': {
        if (payment.status !== 'READY') return refuse(request, response, 'ALREADY_PROCESSED_PAYMENT');
        const declined = abort(payment, 'REJECT_CARD_COMPANY', now());
        await record(simulation, { payment: declined });
        const message = tossErrors.REJECT_CARD_COMPANY[1];
        return back(payment.failUrl, { code: 'REJECT_CARD_COMPANY', message, orderId }, declined);
      }
      case 'approve': {
        if (payment.status !== 'READY') return refuse(request, response, 'ALREADY_PROCESSED_PAYMENT');
        const buyer = BuyerChoice.safeParse(request.body);
        if (!buyer.success) return refuse(request, response, 'INVALID_REQUEST');
        const { method } = payment.window;
        if (method !== null && method !== buyer.data.method) return refuse(request, response, 'INVALID_REQUEST');
        const outcome = authenticate(payment, buyer.data, now());
        if ('refused' in outcome) return refuse(request, response, outcome.refused);
        await record(simulation, outcome);
        const query = { paymentType: 'NORMAL', orderId, paymentKey: payment.paymentKey, amount: String(payment.totalAmount) };
        return back(payment.successUrl, query, outcome.payment);
      }
    }
  });

  routes.get('/receipt/:paymentKey', (request, response) => {
    const payment = paymentByKey(simulation, request.params.paymentKey);
    if (payment === undefined || !isPaid(payment)) return refuse(request, response, 'NOT_FOUND_PAYMENT');
    response.type('html').send(receiptPage(payment, pageLanguage(request)));
  });
  return routes;
}

const askedLanguage = ({ query }: Request) => (query.lang === 'en' || query.lang === 'ko' ? query.lang : undefined);
export const pageLanguage = (request: Request) => askedLanguage(request) ?? languageOf(request.headers['accept-language']);

export function refuse(request: Request, response: Response, code: TossCode): void {
  const { status, body } = errorReply(code, languageOf(request.headers['accept-language']));
  response.status(status).type('application/json').send(body);
}

function withQuery(url: string, query: Record<string, string>): string {
  const here = 'http://here.invalid';
  const target = new URL(url, here);
  for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value);
  return target.origin === here ? target.href.slice(here.length) : target.href;
}
