import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../parts/until.js';
import { openShop, type Shop } from './testing/shop.js';
import { RETRY_SCHEDULE } from './webhooks.js';

const ORDER = 'order-0001';
const MINUTE = 60_000;

type Received = {
  id: string;
  retried: number;
  time: string;
  body: { eventType: string; createdAt: string; data: Record<string, unknown> };
};

describe('webhooks', () => {
  let shop: Shop;
  let merchant: Server;
  let received: Received[];
  let answer: number;

  beforeEach(async () => {
    [received, answer] = [[], 200];
    merchant = createServer(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += String(chunk);
      const header = (name: string) => String(request.headers[`tosspayments-webhook-transmission-${name}`]);
      received.push({ id: header('id'), retried: Number(header('retried-count')), time: header('time'), body: JSON.parse(text) });
      response.writeHead(answer).end();
    });
    merchant.listen(0, '127.0.0.1');
    await once(merchant, 'listening');
    shop = await openShop();
    await script({});
  });
  afterEach(async () => {
    await shop.close();
    merchant.closeAllConnections();
    merchant.close();
  });

  const script = (more: object) =>
    shop.call('POST', '/simulator/webhooks', {
      url: `http://127.0.0.1:${(merchant.address() as AddressInfo).port}/hook`,
      ...more,
    });
  const arrivals = (count: number) =>
    until(() => received.length >= count, { deadline: 10_000, every: 10, what: `${count} webhooks` });
  const statuses = () => received.map(({ body }) => body.data.status);
  const paid = async (orderId = ORDER) => {
    const key = await shop.checkout(orderId, 50_000);
    await shop.confirm(key, orderId, 50_000);
    return key;
  };

  it('tell of charges, declines, cancels and expiry, with the whole payment and its secret', async () => {
    const key = await paid();
    await arrivals(1);
    const { body } = await shop.payment(key);
    expect(received[0]).toMatchObject({
      retried: 0,
      body: { eventType: 'PAYMENT_STATUS_CHANGED', createdAt: '2026-11-21T10:00:00.000000', data: body },
    });
    expect(body.secret).toEqual(expect.stringMatching(/^.{8,50}$/));
    await shop.cancel(key, { cancelAmount: 10_000 });
    shop.advance(1_000);
    await shop.cancel(key, { cancelAmount: 40_000 });
    const declined = await shop.checkout('order-0002', 50_000, { card: '4330000000000011' });
    await shop.confirm(declined, 'order-0002', 50_000);
    await arrivals(4);
    await shop.checkout('order-0003', 50_000, { authenticate: false });
    shop.advance(30 * MINUTE + 1);
    await arrivals(5);
    expect(statuses().sort()).toEqual(['ABORTED', 'DONE', 'EXPIRED', 'PARTIAL_CANCELED', 'PARTIAL_CANCELED']);
    expect(new Set(received.map(({ id }) => id)).size).toBe(5);
  });

  it('come again on the provider’s schedule until taken, over a restart too', async () => {
    answer = 201;
    await paid();
    await arrivals(1);
    for (const [index, minutes] of RETRY_SCHEDULE.slice(0, 3).entries()) {
      await until(async () => !(await owedNow()), { deadline: 5_000, every: 10, what: 'the next try to be planned' });
      if (index === 1) {
        await shop.restart();
        await script({});
      }
      shop.advance(minutes * MINUTE);
      await arrivals(index + 2);
    }
    expect(received.map(({ retried }) => retried)).toEqual([0, 1, 2, 3]);
    expect(new Set(received.map(({ id }) => id)).size).toBe(1);
  });

  /** Whether a delivery is due at this moment, read from the books. */
  async function owedNow(): Promise<boolean> {
    const lines = (await readFile(`${shop.directory}/ledger.jsonl`, 'utf8')).trim().split('\n');
    const deliveries = lines.flatMap(
      (line) => (JSON.parse(line) as { deliveries?: { dueAt: number | null }[] }).deliveries ?? [],
    );
    const dueAt = deliveries.at(-1)?.dueAt;
    return typeof dueAt === 'number' && dueAt <= shop.now();
  }

  it('can be made to come twice and in the wrong order', async () => {
    await script({ held: true });
    const key = await paid();
    await shop.cancel(key);
    await script({ reversed: true, copies: 2 });
    await arrivals(4);
    expect(statuses()).toEqual(['CANCELED', 'CANCELED', 'DONE', 'DONE']);
    expect(received[0]?.id).toBe(received[1]?.id);
  });

  it('can be lost, or come late', async () => {
    await script({ lost: true });
    await paid();
    await script({ delayMs: MINUTE });
    await paid('order-0002');
    await script({});
    await paid('order-0003');
    await arrivals(1);
    expect(received.map(({ body }) => body.data.orderId)).toEqual(['order-0003']);
    shop.advance(MINUTE);
    await arrivals(2);
    expect(received.map(({ body }) => body.data.orderId)).toEqual(['order-0003', 'order-0002']);
  });

  it('count their schedule in the unit set, and end with it', async () => {
    await shop.call('POST', '/simulator/settings', { webhookRetryUnitMs: 10 });
    answer = 500;
    await paid();
    for (const [index, units] of RETRY_SCHEDULE.entries()) {
      await arrivals(index + 1);
      await until(async () => !(await owedNow()), { deadline: 5_000, every: 10, what: 'the next try to be planned' });
      shop.advance(units * 10);
    }
    await arrivals(RETRY_SCHEDULE.length + 1);
    const owed = async () => (await shop.call('GET', '/simulator/webhooks')).body.owed;
    await until(async () => ((await owed()) as unknown[]).length === 0, {
      deadline: 5_000,
      every: 10,
      what: 'the end of the tries',
    });
    expect(received.at(-1)?.retried).toBe(7);
  });

  it('count an answer that comes too late for none', async () => {
    await shop.call('POST', '/simulator/settings', { webhookAnswerLimitMs: 50 });
    merchant.prependListener('request', (_request, response) => {
      const end = response.end.bind(response);
      response.end = () => {
        setTimeout(end, 300).unref();
        return response;
      };
    });
    await paid();
    await arrivals(1);
    await until(async () => !(await owedNow()), { deadline: 5_000, every: 10, what: 'the next try to be planned' });
    shop.advance(MINUTE);
    await arrivals(2);
    expect(received[1]).toMatchObject({ id: received[0]?.id, retried: 1 });
  });

  describe('of virtual accounts', () => {
    const flat = () => received.map(({ body }) => body as object).filter((body) => !('eventType' in body));
    const changed = () => received.filter(({ body }) => 'eventType' in body).map(({ body }) => body.data.status);

    it('come in both shapes, a reversed deposit and an issue apart', async () => {
      const { paymentKey } = await shop.account(ORDER, 50_000);
      const { secret } = (await shop.payment(paymentKey)).body;
      const done = await shop.deposit(ORDER);
      await arrivals(2);
      expect(flat()).toEqual([
        {
          createdAt: '2026-11-21T10:00:00.000000',
          secret,
          status: 'DONE',
          transactionKey: done.body.lastTransactionKey,
          orderId: ORDER,
        },
      ]);
      expect(changed()).toEqual(['DONE']);
      await shop.depositError(ORDER);
      await arrivals(3);
      expect(flat()[1]).toMatchObject({ status: 'WAITING_FOR_DEPOSIT', secret });
      await shop.cancel(paymentKey);
      await arrivals(5);
      expect([flat()[2], changed()]).toMatchObject([{ status: 'CANCELED' }, ['DONE', 'CANCELED']]);
      expect(new Set(received.map(({ id }) => id)).size).toBe(5);
    });

    it('come only as registered, and not for a due date that passes', async () => {
      await script({ events: ['DEPOSIT_CALLBACK'] });
      await shop.account(ORDER, 50_000, { validHours: 1 });
      shop.advance(3_600_001);
      await shop.account('order-0002', 50_000);
      await shop.deposit('order-0002');
      await arrivals(1);
      expect(flat()).toMatchObject([{ orderId: 'order-0002', status: 'DONE' }]);
      expect((await shop.call('GET', '/simulator/webhooks')).body).toEqual({ owed: expect.any(Array) });
      expect(received).toHaveLength(1);
    });
  });

  describe('forged', () => {
    const forge = (forgery: object) => shop.call('POST', '/simulator/webhooks/forged', { orderId: ORDER, ...forgery });

    it('claim what they like with a wrong secret, and report the answer', async () => {
      const { paymentKey } = await shop.account(ORDER, 50_000);
      const { secret } = (await shop.payment(paymentKey)).body;
      answer = 401;
      expect((await forge({ event: 'DEPOSIT_CALLBACK', status: 'DONE' })).body).toEqual({ answered: 401 });
      expect((await forge({ status: 'DONE', totalAmount: 1, secret })).body).toEqual({ answered: 401 });
      expect(received[0]?.body).toMatchObject({ orderId: ORDER, status: 'DONE' });
      expect(received[0]?.body).not.toHaveProperty('secret', secret);
      expect(received[1]?.body.data).toMatchObject({ status: 'DONE', totalAmount: 1, secret, paymentKey });
      expect((await shop.payment(paymentKey)).body.status).toBe('WAITING_FOR_DEPOSIT');
    });

    it('need an order, and somebody to go to', async () => {
      expect((await forge({})).status).toBe(404);
      await shop.restart();
      await paid();
      expect((await forge({})).body.code).toBe('NO_RECEIVER');
    });
  });
});
