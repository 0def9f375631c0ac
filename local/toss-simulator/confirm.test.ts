import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { testCards } from './cards.js';
import { tossErrors } from './errors.js';
import { authorization, CLIENT_KEY, openShop, SECRET_KEY, type Shop } from './testing/shop.js';

const MINUTE = 60_000;
const ORDER = 'order-0001';

describe('confirming a payment', () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await openShop();
  });
  afterEach(() => shop.close());

  it('charges an authenticated payment and shows the whole payment', async () => {
    const key = await shop.checkout(ORDER, 120_000);
    expect((await shop.payment(key)).body).toMatchObject({ status: 'IN_PROGRESS', approvedAt: null, method: '카드' });
    const { status, body } = await shop.confirm(key, ORDER, 120_000);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      version: '2022-11-16',
      type: 'NORMAL',
      paymentKey: key,
      orderId: ORDER,
      orderName: '좌석 2매',
      currency: 'KRW',
      method: '카드',
      status: 'DONE',
      totalAmount: 120_000,
      balanceAmount: 120_000,
      suppliedAmount: 109_091,
      vat: 10_909,
      approvedAt: '2026-11-21T10:00:00+09:00',
      cultureExpense: false,
      isPartialCancelable: true,
      cancels: null,
      virtualAccount: null,
      failure: null,
    });
    expect(String((body.card as { number: string }).number)).toMatch(/^43300000\*{4}/);
    expect(String((body.receipt as { url: string }).url)).toContain(shop.url());
    expect((await shop.call('GET', `/v1/payments/orders/${ORDER}`)).body).toEqual(body);
  });

  it.each(Object.entries(testCards).flatMap(([card, rule]) => (rule.outcome === 'decline' ? [[card, rule.code] as const] : [])))(
    'declines card %s with %s for good',
    async (card, code) => {
      const key = await shop.checkout(ORDER, 50_000, { card });
      const declined = await shop.confirm(key, ORDER, 50_000);
      expect([declined.status, declined.body.code]).toEqual([tossErrors[code][0], code]);
      expect((await shop.payment(key)).body).toMatchObject({ status: 'ABORTED', failure: { code } });
      expect((await shop.confirm(key, ORDER, 50_000)).body.code).toBe('ALREADY_PROCESSED_PAYMENT');
      expect(await shop.transactions()).toEqual([]);
    },
  );

  it('fails once and then approves the card made for that', async () => {
    const key = await shop.checkout(ORDER, 50_000, { card: '4330-0000-0000-0086' });
    expect((await shop.confirm(key, ORDER, 50_000)).body.code).toBe('PROVIDER_ERROR');
    expect((await shop.payment(key)).body.status).toBe('IN_PROGRESS');
    expect((await shop.confirm(key, ORDER, 50_000)).body.status).toBe('DONE');
  });

  it.each([
    [99, 'BELOW_MINIMUM_AMOUNT'],
    [10_000_001, 'EXCEED_MAX_PAYMENT_AMOUNT'],
  ])('declines %d won', async (amount, code) => {
    const key = await shop.checkout(ORDER, amount);
    expect((await shop.confirm(key, ORDER, amount)).body.code).toBe(code);
  });

  it('refuses another amount or order than the buyer saw, and charges nothing', async () => {
    const key = await shop.checkout(ORDER, 50_000);
    expect((await shop.confirm(key, ORDER, 49_999)).body.code).toBe('FORBIDDEN_REQUEST');
    expect((await shop.confirm(key, 'order-0002', 50_000)).body.code).toBe('FORBIDDEN_REQUEST');
    expect((await shop.payment(key)).body.status).toBe('IN_PROGRESS');
  });

  it('never charges a payment or an order twice', async () => {
    const [first, second] = [await shop.checkout(ORDER, 50_000), await shop.checkout(ORDER, 50_000)];
    const answers = await Promise.all([first, first, second, second].map((key) => shop.confirm(key, ORDER, 50_000)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.flatMap(({ body }) => body.code ?? [])).toEqual(Array(3).fill('ALREADY_PROCESSED_PAYMENT'));
    expect(await shop.transactions()).toHaveLength(1);
    expect((await shop.call('GET', `/v1/payments/orders/${ORDER}`)).body.status).toBe('DONE');
  });

  it('lets a confirm come until ten minutes after authentication, not later', async () => {
    const [inTime, late] = [await shop.checkout(ORDER, 50_000), await shop.checkout('order-0002', 50_000)];
    shop.advance(10 * MINUTE);
    expect((await shop.confirm(inTime, ORDER, 50_000)).status).toBe(200);
    shop.advance(1);
    const refused = await shop.confirm(late, 'order-0002', 50_000);
    expect([refused.status, refused.body.code]).toEqual([404, 'NOT_FOUND_PAYMENT_SESSION']);
    expect((await shop.payment(late)).body).toMatchObject({ status: 'EXPIRED', failure: { code: 'EXPIRED_PAYMENT' } });
  });

  it('expires a payment whose buyer does not authenticate within thirty minutes', async () => {
    const key = await shop.checkout(ORDER, 50_000, { authenticate: false });
    shop.advance(30 * MINUTE);
    expect((await shop.payment(key)).body.status).toBe('READY');
    expect((await shop.confirm(key, ORDER, 50_000)).body.code).toBe('NOT_FOUND_PAYMENT_SESSION');
    shop.advance(1);
    expect((await shop.payment(key)).body.status).toBe('EXPIRED');
  });

  it.each([
    [{ paymentKey: '', orderId: ORDER, amount: 100 }],
    [{ paymentKey: 'k'.repeat(201), orderId: ORDER, amount: 100 }],
    [{ paymentKey: 'k', orderId: 'short', amount: 100 }],
    [{ paymentKey: 'k', orderId: `${'o'.repeat(65)}`, amount: 100 }],
    [{ paymentKey: 'k', orderId: '주문-000001', amount: 100 }],
    [{ paymentKey: 'k', orderId: ORDER, amount: '100' }],
    ['{"paymentKey"'],
  ])('calls %j malformed', async (body) => {
    const { status, body: answer } = await shop.call('POST', '/v1/payments/confirm', body);
    expect([status, answer.code]).toEqual([400, 'INVALID_REQUEST']);
  });

  it('does not know payments nobody opened', async () => {
    expect((await shop.confirm('tsim_none', ORDER, 100)).body.code).toBe('NOT_FOUND_PAYMENT');
    expect((await shop.payment('tsim_none')).status).toBe(404);
    expect((await shop.call('GET', '/v1/payments/orders/order-none')).body.code).toBe('NOT_FOUND_PAYMENT');
  });

  it.each([
    [{ authorization: '' }, 401, 'UNAUTHORIZED_KEY'],
    [authorization('test_sk_other:'), 401, 'UNAUTHORIZED_KEY'],
    [authorization(SECRET_KEY), 403, 'INCORRECT_BASIC_AUTH_FORMAT'],
    [authorization(`${CLIENT_KEY}:`), 400, 'INVALID_API_KEY'],
  ])('refuses the credentials %j', async (headers, status, code) => {
    const answer = await shop.confirm('tsim_none', ORDER, 100, headers);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('reproduces an error by test code before it looks at the payment, and translates its message', async () => {
    const headers = { 'tosspayments-test-code': 'REJECT_CARD_PAYMENT' };
    const korean = await shop.confirm('tsim_none', ORDER, 100, headers);
    const english = await shop.confirm('tsim_none', ORDER, 100, { ...headers, 'accept-language': 'en-US' });
    expect([korean.status, korean.body]).toEqual([
      403,
      { code: 'REJECT_CARD_PAYMENT', message: tossErrors.REJECT_CARD_PAYMENT[1] },
    ]);
    expect(english.body.message).toBe(tossErrors.REJECT_CARD_PAYMENT[2]);
    expect((await shop.confirm('x', ORDER, 1, { 'tosspayments-test-code': 'IDEMPOTENT_REQUEST_PROCESSING' })).status).toBe(409);
    expect((await shop.call('GET', '/v1/payments/x', undefined, headers)).status).toBe(403);
  });
});
