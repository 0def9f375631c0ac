import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../parts/until.js';
import { authorization, openShop, SECRET_KEY, type Shop } from './testing/shop.js';

const ORDER = 'order-0001';

describe('scripted faults', () => {
  let shop: Shop;
  let key: string;
  beforeEach(async () => {
    shop = await openShop();
    key = await shop.checkout(ORDER, 50_000);
  });
  afterEach(() => shop.close());

  const confirm = () => shop.confirm(key, ORDER, 50_000, { 'idempotency-key': 'k-1' });

  it('loses the answer after the charge', async () => {
    await shop.script({ match: { orderId: ORDER }, times: 1, dropReplyAfterSuccess: true });
    await expect(confirm()).rejects.toThrow();
    expect(await shop.transactions()).toMatchObject([{ orderId: ORDER, status: 'DONE' }]);
    expect((await confirm()).status).toBe(200);
  });

  it('loses the request before anything happens', async () => {
    await shop.script({ times: 1, dropBefore: true });
    await expect(confirm()).rejects.toThrow();
    expect(await shop.transactions()).toEqual([]);
    expect((await shop.payment(key)).body.status).toBe('IN_PROGRESS');
  });

  it('answers an error in place of the truth after the charge', async () => {
    await shop.script({ times: 1, status: 500, afterSuccess: true });
    expect((await confirm()).status).toBe(500);
    expect((await shop.payment(key)).body.status).toBe('DONE');
  });

  it('charges first and answers late', async () => {
    await shop.script({ times: 1, delayReplyMs: 150 });
    const begun = performance.now();
    const slow = confirm();
    await until(async () => (await shop.transactions()).length === 1, { deadline: 5_000, every: 5, what: 'the charge' });
    expect((await slow).status).toBe(200);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(145);
  });

  it('charges in the end even if the caller has given up', async () => {
    await shop.script({ match: { path: '/confirm' }, times: 1, delayMs: 200 });
    const body = JSON.stringify({ paymentKey: key, orderId: ORDER, amount: 50_000 });
    const headers = { ...authorization(`${SECRET_KEY}:`), 'content-type': 'application/json' };
    const impatient = fetch(`${shop.url()}/v1/payments/confirm`, {
      method: 'POST',
      body,
      headers,
      signal: AbortSignal.timeout(50),
    });
    await expect(impatient).rejects.toThrow();
    expect(await shop.transactions()).toEqual([]);
    await until(async () => (await shop.transactions()).length === 1, { deadline: 5_000, every: 10, what: 'the late charge' });
  });

  it('matches order, path and method, and counts down', async () => {
    await shop.script({ match: { orderId: 'another-order' }, status: 500 });
    await shop.script({ match: { path: '/cancel' }, status: 500 });
    await shop.script({ match: { method: 'GET', orderId: ORDER }, times: 2, status: 503, code: 'COMMON_ERROR' });
    expect((await confirm()).status).toBe(200);
    expect((await shop.payment(key)).status).toBe(503);
    expect((await shop.call('GET', `/v1/payments/orders/${ORDER}`)).body.code).toBe('COMMON_ERROR');
    expect((await shop.payment(key)).status).toBe(200);
    expect((await shop.cancel(key)).status).toBe(500);
    expect((await shop.call('DELETE', '/simulator/faults')).status).toBe(204);
    expect((await shop.cancel(key)).status).toBe(200);
  });

  it('asks to slow down', async () => {
    await shop.script({ times: 1, status: 429, code: 'TOO_MANY_REQUESTS' });
    expect((await confirm()).status).toBe(429);
    expect((await confirm()).status).toBe(200);
  });

  it.each([
    [false, 0],
    [true, 1],
  ])('hangs without an answer, after success: %s', async (afterSuccess, charges) => {
    await shop.script({ match: { path: '/confirm' }, times: 1, hang: true, afterSuccess });
    const headers = { ...authorization(`${SECRET_KEY}:`), 'content-type': 'application/json' };
    const body = JSON.stringify({ paymentKey: key, orderId: ORDER, amount: 50_000 });
    const signal = AbortSignal.timeout(200);
    const hanging = fetch(`${shop.url()}/v1/payments/confirm`, { method: 'POST', body, headers, signal });
    await expect(hanging).rejects.toThrow('aborted due to timeout');
    expect(await shop.transactions()).toHaveLength(charges);
  });

  it('refuses a fault it does not know, and anything a proxy passes on', async () => {
    expect((await shop.call('POST', '/simulator/faults', { explode: true })).status).toBe(400);
    expect((await shop.call('GET', '/simulator/ledger', undefined, { 'x-forwarded-for': '10.0.0.1' })).status).toBe(404);
  });
});
