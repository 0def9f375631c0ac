import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '@tiketi/local/parts/until.js';
import {
  AwaitingDeposit,
  PaymentView,
  PointsBalance,
  PointsHistory,
  Prepared,
} from '@tiketi/shared-kernel/contracts/http/payments.js';
import { Cancelled, ReservationView, Reserved } from '@tiketi/shared-kernel/contracts/http/reservations.js';
import type { PerformanceId, ReservationId } from '@tiketi/shared-kernel/contracts/ids.js';
import { z } from 'zod';
import { openHall } from '../support/hall.js';
import { readHistory } from '../support/history.js';
import {
  correlationFaults,
  logFaults,
  moneyFaults,
  outcomeFaults,
  readProviderLedger,
  seatFaults,
} from '../support/invariants.js';
import type { Minted } from '../support/minted-tokens.js';
import { startTrialStack, type TrialStack } from '../support/trial-stack.js';

const WITHIN = { deadline: 20_000, every: 50 } as const;

/** Everything here goes through the public paths of the running stack, and is judged by the event log and the provider's books. */
describe('money through the running stack', () => {
  let stack: TrialStack;
  let performanceId: PerformanceId;

  beforeAll(async () => {
    stack = await startTrialStack({ PROCESS_GRACE_MS: '200', ASK_AGAIN_MS: '500' });
    performanceId = await openHall(stack, [{ section: 'A', rows: 10, seatsPerRow: 20 }]);
  }, 120_000);
  afterAll(() => stack?.end(), 60_000);

  const history = () => readHistory(stack.running().run.eventStoreUrl);

  const ask = async (
    who: Minted,
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body?: unknown,
  ): Promise<{ status: number; json: unknown }> => {
    const answer = await fetch(new URL(path, stack.running().edgeUrl), {
      method,
      headers: {
        authorization: `Bearer ${who.token}`,
        'idempotency-key': randomUUID(),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, json: await answer.json() };
  };
  const reserve = async (who: Minted, wish: object, at = performanceId): Promise<z.infer<typeof Reserved>> =>
    Reserved.parse((await ask(who, 'POST', '/api/reservations', { performanceId: at, ...wish })).json);
  const checkout = async (order: { orderId: string; amount: number; orderName: string }, more: object = {}): Promise<string> => {
    const body = { orderId: order.orderId, amount: order.amount, orderName: order.orderName, method: 'CARD', ...more };
    const answer = await fetch(new URL('/toss-simulator/checkout/sessions', stack.running().edgeUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return z.object({ paymentKey: z.string() }).parse(await answer.json()).paymentKey;
  };
  const prepare = async (who: Minted, reservationId: ReservationId, pointAmount = 0): Promise<Prepared> =>
    Prepared.parse((await ask(who, 'POST', '/api/payments/prepare', { reservationId, pointAmount })).json);
  const confirm = (who: Minted, order: { orderId: string; amount: number }, paymentKey?: string) =>
    ask(who, 'POST', '/api/payments/confirm', { orderId: order.orderId, amount: order.amount, paymentKey });
  const pay = async (who: Minted, reservationId: ReservationId, pointAmount = 0) => {
    const order = await prepare(who, reservationId, pointAmount);
    const paymentKey = order.amount === 0 ? undefined : await checkout(order);
    const { status, json } = await confirm(who, order, paymentKey);
    expect({ status, json }).toMatchObject({ status: 200, json: { status: 'confirmed' } });
    return { order, paymentKey };
  };
  const charge = async (who: Minted, amount: number): Promise<void> => {
    const order = Prepared.pick({ orderId: true, amount: true, orderName: true }).parse(
      (await ask(who, 'POST', '/api/points/charge', { amount })).json,
    );
    expect(await confirm(who, order, await checkout(order))).toMatchObject({ status: 200, json: { status: 'confirmed' } });
  };
  const balance = async (who: Minted) => PointsBalance.parse((await ask(who, 'GET', '/api/points/balance')).json);
  /** Given the position of a command's answer, what is read is no older. */
  const view = async (who: Minted, id: ReservationId, position = '0') =>
    ReservationView.parse((await ask(who, 'GET', `/api/reservations/${id}?position=${position}`)).json);

  it('points are bought, pay part of a booking, and come back with it', async () => {
    const anna = stack.mint();
    await charge(anna, 60_000);
    const { id } = await reserve(anna, { seatIds: ['A-1-1', 'A-1-2'] });
    const { order } = await pay(anna, id, 40_000);
    expect(order).toMatchObject({ amount: 60_000, pointAmount: 40_000, totalAmount: 100_000 });
    await until(async () => (await balance(anna)).held === 0, { ...WITHIN, what: 'the points to be spent' });
    expect(await balance(anna)).toEqual({ balance: 20_000, held: 0 });

    const quote = await ask(anna, 'GET', `/api/cancellation-quotes/${id}`);
    const { refund } = Cancelled.parse((await ask(anna, 'POST', `/api/reservations/${id}/cancel`)).json);
    expect(quote.json).toEqual({ refund });
    await until(async () => (await view(anna, id)).paymentStatus === 'refunded', { ...WITHIN, what: 'the refund to show' });
    const ended = await view(anna, id);
    expect(ended).toMatchObject({ status: 'cancelled', refundedAmount: refund?.refundAmount });
    expect(await balance(anna)).toEqual({ balance: 60_000, held: 0 });
    const { payments } = await readProviderLedger(stack.urlOf('toss-payments'));
    const charged = payments.find(({ orderId }) => orderId === order.orderId);
    expect(charged?.balanceAmount).toBe(refund?.fee);

    const lines = async () => PointsHistory.parse((await ask(anna, 'GET', '/api/points/history')).json).items;
    await until(async () => (await lines()).length === 3, { ...WITHIN, what: 'the history to be complete' });
    expect((await lines()).map(({ type, amount }) => [type, amount])).toEqual([
      ['REFUND', 40_000],
      ['USE', -40_000],
      ['CHARGE', 60_000],
    ]);
  }, 60_000);

  it('points alone pay without a provider, and too few of them pay nothing', async () => {
    const ben = stack.mint();
    await charge(ben, 50_000);
    const { id } = await reserve(ben, { seatIds: ['A-2-1'] });
    await pay(ben, id, 50_000);
    const next = await reserve(ben, { seatIds: ['A-2-2'] });
    expect((await ask(ben, 'POST', '/api/payments/prepare', { reservationId: next.id, pointAmount: 1000 })).json).toMatchObject({
      code: 'INSUFFICIENT_POINTS',
    });
    expect((await ask(ben, 'POST', '/api/payments/prepare', { reservationId: next.id, pointAmount: 49_999 })).status).toBe(409);
  }, 30_000);

  it('a virtual account is paid by a later transfer, heard of by webhook', async () => {
    const carl = stack.mint();
    const { id } = await reserve(carl, { seatIds: ['A-3-1'] });
    const order = await prepare(carl, id);
    const answer = await confirm(carl, order, await checkout(order, { method: 'VIRTUAL_ACCOUNT', validHours: 2 }));
    expect(answer.status).toBe(202);
    expect(AwaitingDeposit.parse(answer.json).accountNumber).toMatch(/^X/);
    const paid = await fetch(new URL('/simulator/deposits', stack.urlOf('toss-payments')), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ orderId: order.orderId }),
    });
    expect(paid.status).toBeLessThan(300);
    await until(async () => (await view(carl, id)).status === 'confirmed', { ...WITHIN, what: 'the deposit to confirm' });
  }, 60_000);

  it('a forged webhook changes nothing', async () => {
    const before = (await history()).length;
    const send = (orderId: string, status: string) =>
      fetch(new URL('/api/payments/webhooks/toss', stack.running().edgeUrl), {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'tosspayments-webhook-transmission-id': randomUUID() },
        body: JSON.stringify({ createdAt: new Date().toISOString(), secret: 'guess', status, transactionKey: 'x', orderId }),
      });
    const dora = stack.mint();
    const { id } = await reserve(dora, { seatIds: ['A-4-1'] });
    const order = await prepare(dora, id);
    expect((await send(order.orderId, 'DONE')).status).toBe(401);
    expect((await send('ord-unknown-1', 'DONE')).status).toBe(401);
    expect((await history()).length - before).toBe(2);
  }, 30_000);

  it('staff may give some of it back, buyers may not', async () => {
    const emil = stack.mint();
    const { id } = await reserve(emil, { seatIds: ['A-5-1'] });
    const { paymentKey } = await pay(emil, id);
    const path = `/api/payments/${paymentKey}/cancel`;
    const body = { cancelReason: 'a late start', cancelAmount: 10_000 };
    await until(async () => (await ask(emil, 'POST', path, body)).status === 403, { ...WITHIN, what: 'the payment to be known' });
    expect((await ask(stack.mint(), 'POST', path, { cancelReason: 'not mine' })).status).toBe(404);
    const given = PaymentView.parse((await ask(stack.admin, 'POST', path, body)).json);
    expect(given).toMatchObject({ status: 'confirmed', refundAmount: 10_000 });
    await until(async () => (await view(emil, id)).refundedAmount === 10_000, { ...WITHIN, what: 'the gift to show' });
    expect((await view(emil, id)).status).toBe('confirmed');
  }, 30_000);

  it('the best seats there are side by side go to one buyer, places of a ticket type no further than they last', async () => {
    const best = await reserve(stack.mint(), { bestAvailable: { count: 3 } });
    const rows = best.items.map(({ seatId }) => seatId?.split('-').slice(0, 2).join('-'));
    expect(new Set(rows).size).toBe(1);

    const floor = await openHall(stack, [{ section: 'B', rows: 1, seatsPerRow: 2 }], {
      ticketTypes: [{ name: 'standing', price: 30_000, quantity: 3 }],
    });
    const show = (await reserve(stack.mint(), { seatIds: ['B-1-1'] }, floor)).eventId;
    const types = async () =>
      z
        .object({ items: z.array(z.object({ id: z.string(), availableQuantity: z.int() })) })
        .parse((await ask(stack.admin, 'GET', `/api/tickets/event/${show}`)).json).items;
    await until(async () => (await types()).length === 1, { ...WITHIN, what: 'the ticket type to show' });
    const [type] = await types();
    const tickets = [{ ticketTypeId: type?.id, quantity: 2 }];
    const first = await reserve(stack.mint(), { tickets }, floor);
    expect(first.totalAmount).toBe(60_000);
    const refused = await ask(stack.mint(), 'POST', '/api/reservations', { performanceId: floor, tickets });
    expect(refused.status).toBe(409);
  }, 60_000);

  it('a show that is cancelled ends every booking and gives everything back', async () => {
    const hall = await openHall(stack, [{ section: 'C', rows: 1, seatsPerRow: 10 }]);
    const [paid, unpaid] = [stack.mint(), stack.mint()];
    const one = await reserve(paid, { seatIds: ['C-1-1'] }, hall);
    const { order } = await pay(paid, one.id);
    const two = await reserve(unpaid, { seatIds: ['C-1-2'] }, hall);
    expect((await ask(stack.admin, 'DELETE', `/api/events/${one.eventId}`)).status).toBeLessThan(300);
    await until(
      async () => {
        const [a, b] = [await view(paid, one.id), await view(unpaid, two.id, two.position)];
        return a.status === 'cancelled' && a.paymentStatus === 'refunded' && b.status === 'cancelled';
      },
      { ...WITHIN, what: 'both bookings to end' },
    );
    const { payments } = await readProviderLedger(stack.urlOf('toss-payments'));
    expect(payments.find(({ orderId }) => orderId === order.orderId)?.balanceAmount).toBe(0);
    expect(
      (await ask(stack.mint(), 'POST', '/api/reservations', { performanceId: hall, seatIds: ['C-1-3'] })).json,
    ).toMatchObject({
      code: 'SALES_CANCELLED',
    });
  }, 60_000);

  it('leaves a history without a fault', async () => {
    await until(async () => outcomeFaults(await history()).length === 0, { ...WITHIN, what: 'every outcome to be settled' });
    const facts = await history();
    const ledger = await readProviderLedger(stack.urlOf('toss-payments'));
    expect([...logFaults(facts), ...seatFaults(facts), ...moneyFaults(facts, ledger), ...correlationFaults(facts)]).toEqual([]);
  }, 30_000);
});
