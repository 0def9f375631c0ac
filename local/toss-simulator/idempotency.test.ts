import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../parts/until.js';
import { openShop, type Shop } from './testing/shop.js';

const ORDER = 'order-0001';
const DECLINING = '4330000000000011';
const withKey = (key: string) => ({ 'idempotency-key': key });

describe('Idempotency-Key', () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await openShop();
  });
  afterEach(() => shop.close());

  it('repeats an approval byte by byte, also after the payment has changed and after a restart', async () => {
    const key = await shop.checkout(ORDER, 50_000);
    const first = await shop.confirm(key, ORDER, 50_000, withKey('k-1'));
    expect(first.status).toBe(200);
    await shop.cancel(key, {}, withKey('k-2'));
    await shop.restart();
    const repeat = await shop.confirm(key, ORDER, 50_000, withKey('k-1'));
    expect([repeat.status, repeat.text]).toEqual([first.status, first.text]);
    expect((await shop.cancel(key, {}, withKey('k-2'))).body.status).toBe('CANCELED');
    expect(await shop.transactions()).toHaveLength(2);
  });

  it('repeats a 4xx answer too, whatever the body now says', async () => {
    const key = await shop.checkout(ORDER, 50_000, { card: DECLINING });
    const first = await shop.confirm(key, ORDER, 50_000, withKey('k-1'));
    expect(first.status).toBe(403);
    const good = await shop.checkout('order-0002', 50_000);
    const repeat = await shop.confirm(good, 'order-0002', 50_000, withKey('k-1'));
    expect([repeat.status, repeat.text]).toEqual([first.status, first.text]);
    expect((await shop.confirm(good, 'order-0002', 50_000, withKey('k-2'))).status).toBe(200);
  });

  it('belongs to one URL', async () => {
    const key = await shop.checkout(ORDER, 50_000);
    await shop.confirm(key, ORDER, 50_000, withKey('same'));
    expect((await shop.cancel(key, {}, withKey('same'))).body.status).toBe('CANCELED');
  });

  it('answers 409 while the first request is under way, then its answer', async () => {
    const key = await shop.checkout(ORDER, 50_000);
    await shop.script({ match: { path: '/confirm' }, times: 1, delayMs: 300 });
    const first = shop.confirm(key, ORDER, 50_000, withKey('k-1'));
    const inFlight = await until(
      async () => {
        const answer = await shop.confirm(key, ORDER, 50_000, withKey('k-1'));
        return answer.status === 409 && answer;
      },
      { deadline: 5_000, every: 5, what: 'the first request to be under way' },
    );
    expect(inFlight.body.code).toBe('IDEMPOTENT_REQUEST_PROCESSING');
    const { status, text } = await first;
    expect(status).toBe(200);
    expect((await shop.confirm(key, ORDER, 50_000, withKey('k-1'))).text).toBe(text);
  });

  it('forgets a 5xx: the same key tries again', async () => {
    const key = await shop.checkout(ORDER, 50_000);
    await shop.script({ times: 1, status: 500, code: 'FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING' });
    expect((await shop.confirm(key, ORDER, 50_000, withKey('k-1'))).status).toBe(500);
    expect((await shop.confirm(key, ORDER, 50_000, withKey('k-1'))).status).toBe(200);
  });

  it('has at most 300 characters', async () => {
    const key = await shop.checkout(ORDER, 50_000);
    const tooLong = await shop.confirm(key, ORDER, 50_000, withKey('k'.repeat(301)));
    expect([tooLong.status, tooLong.body.code]).toEqual([400, 'INVALID_IDEMPOTENCY_KEY']);
    expect((await shop.confirm(key, ORDER, 50_000, withKey('k'.repeat(300)))).status).toBe(200);
  });

  it('is valid for fifteen days', async () => {
    const key = await shop.checkout(ORDER, 50_000);
    await shop.confirm(key, ORDER, 50_000, withKey('k-1'));
    shop.advance(15 * 24 * 3_600_000);
    expect((await shop.confirm(key, ORDER, 50_000, withKey('k-1'))).status).toBe(200);
    shop.advance(1);
    expect((await shop.confirm(key, ORDER, 50_000, withKey('k-1'))).body.code).toBe('ALREADY_PROCESSED_PAYMENT');
  });
});
