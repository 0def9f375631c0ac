import { afterEach, describe, expect, it } from '@jest/globals';
import type { Settings } from './settings.js';
import { openShop, type Shop } from './testing/shop.js';

const ORDER = 'order-0001';

describe('settings', () => {
  let shop: Shop;
  afterEach(() => shop.close());
  const open = async (settings: Partial<Settings>) => {
    shop = await openShop(settings);
  };
  const change = (settings: object) => shop.call('POST', '/simulator/settings', settings);

  it('shorten the buyer’s and the merchant’s time', async () => {
    await open({ authenticationLimitMs: 2_000, confirmLimitMs: 1_000 });
    const ready = await shop.checkout(ORDER, 50_000, { authenticate: false });
    const authenticated = await shop.checkout('order-0002', 50_000);
    shop.advance(1_001);
    const late = await shop.confirm(authenticated, 'order-0002', 50_000);
    expect([late.status, late.body.code]).toEqual([404, 'NOT_FOUND_PAYMENT_SESSION']);
    expect((await shop.payment(ready)).body.status).toBe('READY');
    shop.advance(1_000);
    expect((await shop.payment(ready)).body.status).toBe('EXPIRED');
  });

  it('let time pass at the provider alone', async () => {
    await open({});
    const key = await shop.checkout(ORDER, 50_000);
    expect((await shop.call('POST', '/simulator/clock', { advanceMs: 10 * 60_000 + 1 })).status).toBe(200);
    expect((await shop.confirm(key, ORDER, 50_000)).body.code).toBe('NOT_FOUND_PAYMENT_SESSION');
  });

  it('ask for a pause between cancels only when set', async () => {
    await open({ cancelPauseMs: 0 });
    const key = await shop.checkout(ORDER, 50_000);
    await shop.confirm(key, ORDER, 50_000);
    await shop.cancel(key, { cancelAmount: 1_000 });
    expect((await shop.cancel(key, { cancelAmount: 1_000 })).status).toBe(200);
    await change({ cancelPauseMs: 1_000 });
    expect((await shop.cancel(key, { cancelAmount: 1_000 })).body.code).toBe('FORBIDDEN_CONSECUTIVE_REQUEST');
  });

  it('limit the requests of a key in a minute', async () => {
    await open({ requestsPerMinute: 100 });
    const statuses = async (count: number) =>
      (await Promise.all(Array.from({ length: count }, () => shop.call('GET', '/v1/payments/none')))).map(({ status }) => status);
    expect(await statuses(101)).toEqual([...Array(100).fill(404), 429]);
    const key = await shop.checkout(ORDER, 50_000);
    const refused = await shop.confirm(key, ORDER, 50_000, { 'idempotency-key': 'k-1' });
    expect([refused.status, refused.body.code]).toEqual([429, 'TOO_MANY_REQUESTS']);
    shop.advance(60_000);
    expect((await shop.confirm(key, ORDER, 50_000, { 'idempotency-key': 'k-1' })).status).toBe(200);
    await change({ requestsPerMinute: null });
    expect(new Set(await statuses(150))).toEqual(new Set([404]));
  });

  it('leave the secret to virtual accounts', async () => {
    await open({ secretOnEveryMethod: false });
    const key = await shop.checkout(ORDER, 50_000);
    expect((await shop.confirm(key, ORDER, 50_000)).body.secret).toBeNull();
    const { paymentKey } = await shop.account('order-0002', 50_000);
    expect((await shop.payment(paymentKey)).body.secret).toEqual(expect.any(String));
  });

  it('are refused when unknown, and kept when not named', async () => {
    await open({ confirmLimitMs: 5_000 });
    expect((await change({ speed: 9 })).status).toBe(400);
    expect((await change({ cancelPauseMs: 7 })).body).toMatchObject({ confirmLimitMs: 5_000, cancelPauseMs: 7 });
    expect((await shop.call('GET', '/simulator/settings')).body).toMatchObject({ cancelPauseMs: 7 });
  });
});
