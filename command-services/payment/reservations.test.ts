import type { ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PaymentStep, STEPS_PATH, StepLot } from '@tiketi/shared-kernel/contracts/http/internal.js';
import { OrderId, PerformanceId, ReservationId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import { createServiceClient, type ServiceClient, ServiceUnreachable } from '@tiketi/shared-kernel/service/service-client.js';
import { type Served, serve } from '@tiketi/shared-kernel/service/testing/serve.js';
import type { Asking } from './orders.js';
import type { Order } from './payment/payment.js';
import { createReservationSteps, type ReservationSteps } from './reservations.js';

const uuid = (n: number) => `5f0e0000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const id = ReservationId.parse(uuid(1));
const orderId = OrderId.parse('ord-000001');
const amount = Won.parse(60_000);
const pointAmount = Won.parse(10_000);
const order: Order = {
  ...{ orderId, reservationId: id, userId: UserId.parse(uuid(2)), performanceId: PerformanceId.parse(uuid(3)) },
  ...{ amount, pointAmount, cardAmount: Won.parse(50_000), orderName: 'TK' },
};
const asking: Asking = { causationId: 'request-0001', actor: { id: order.userId, role: 'user' } };
const dueBy = Instant.parse('2026-05-01T18:00:00Z');
const depositUntil = Instant.parse('2026-05-01T12:00:00Z');

const done = {
  reservation: {
    ...{ reservationId: id, reservationNumber: 'TK-0000-0000-0001-A', userId: order.userId, performanceId: order.performanceId },
    ...{ showId: uuid(4), totalAmount: amount, seatCount: 1, holdUntil: dueBy, depositUntil, status: 'paying', orderId },
  },
  position: '7',
};
const refusal = (status: number, code: string) => ({
  status,
  body: { type: 'about:blank', title: code, status, code },
});

let answers: (step: PaymentStep) => { readonly status: number; readonly body: unknown };
/** What a whole lot is answered instead. */
let refuse: ((res: ServerResponse) => void) | undefined;
let lots: PaymentStep[][];
let served: Served;
let client: ServiceClient;
let reservations: ReservationSteps;
beforeEach(async () => {
  answers = () => ({ status: 200, body: done });
  refuse = undefined;
  lots = [];
  served = await serve(async (req, res) => {
    if (req.url !== STEPS_PATH || req.method !== 'POST') return void res.writeHead(404).end();
    const steps = StepLot.parse(await json(req)).steps.map((step) => PaymentStep.parse(step));
    lots.push(steps);
    if (refuse !== undefined) return refuse(res);
    res.end(steps.map((step, n) => `${JSON.stringify({ n, ...answers(step) })}\n`).join(''));
  });
  client = createServiceClient({ baseUrl: served.url, token: 'service-token-0123456789', timeoutMs: 5000 });
  reservations = createReservationSteps(client, { timeoutMs: 5000 });
});
afterEach(async () => {
  await client.close();
  await served.close();
});

describe('the steps that reservations own', () => {
  it('are asked for together, each with what it follows from', async () => {
    await Promise.all([
      reservations.startPayment(order, asking),
      reservations.confirm(order, { causationId: 'request-0002' }),
      reservations.failPayment(order, 'abandoned', asking),
      reservations.awaitDeposit(order, dueBy, asking),
      reservations.refundedOutside(order, asking),
    ]);
    const by = { id, causationId: 'request-0001' };
    // two connections: which lot is there first is open
    expect(lots.toSorted((a, b) => a.length - b.length)).toEqual([
      [{ ...by, step: 'start-payment', body: { orderId, amount, pointAmount } }],
      [
        { id, causationId: 'request-0002', step: 'confirm', body: { orderId } },
        { ...by, step: 'fail-payment', body: { orderId, reason: 'abandoned' } },
        { ...by, step: 'await-deposit', body: { orderId, dueBy } },
        { ...by, step: 'refunded-outside', body: { orderId } },
      ],
    ]);
  });

  it('answer with what the reservation says', async () => {
    expect(await reservations.confirm(order, asking)).toEqual({ position: '7' });
    expect(await reservations.awaitDeposit(order, dueBy, asking)).toEqual({ dueBy: depositUntil });
  });

  it.each(['RESERVATION_NOT_PAYING', 'PAID_BY_ANOTHER_ORDER', 'DEPOSIT_NOT_OFFERED'])('are closed after %s', async (code) => {
    answers = () => refusal(409, code);
    expect(await reservations.confirm(order, asking)).toBe('closed');
    expect(await reservations.awaitDeposit(order, dueBy, asking)).toBe('closed');
    await expect(reservations.startPayment(order, asking)).rejects.toMatchObject({ name: 'ServiceProblem', status: 409, code });
  });

  it('are refused each by itself', async () => {
    answers = ({ step }) => (step === 'confirm' ? refusal(503, 'OUTCOME_UNKNOWN') : { status: 200, body: done });
    const [, confirmed, failed] = await Promise.allSettled([
      reservations.startPayment(order, asking),
      reservations.confirm(order, asking),
      reservations.failPayment(order, 'declined', asking),
    ]);
    expect(lots).toHaveLength(2);
    expect(confirmed).toMatchObject({ status: 'rejected', reason: { status: 503, code: 'OUTCOME_UNKNOWN' } });
    expect(failed).toMatchObject({ status: 'fulfilled' });
  });

  it('cannot be asked for where the other service knows no lots', async () => {
    const { body } = refusal(404, 'NOT_FOUND');
    refuse = (res) => void res.writeHead(404).end(JSON.stringify(body));
    await expect(reservations.startPayment(order, asking)).rejects.toBeInstanceOf(ServiceUnreachable);
    await expect(reservations.confirm(order, asking)).rejects.toBeInstanceOf(ServiceUnreachable);
  });

  it.each([
    ['401 for the whole lot', () => (refuse = (res) => void res.writeHead(401).end()), 401],
    ['404 for the step itself', () => (answers = () => refusal(404, 'RESERVATION_NOT_FOUND')), 404],
  ])('are refused with %s', async (_, make, status) => {
    make();
    await expect(reservations.startPayment(order, asking)).rejects.toMatchObject({ name: 'ServiceProblem', status });
  });

  it('cannot be asked for where nobody answers', async () => {
    await served.close();
    await expect(reservations.startPayment(order, asking)).rejects.toBeInstanceOf(ServiceUnreachable);
  });
});
