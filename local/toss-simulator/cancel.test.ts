import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openShop, type Shop } from './testing/shop.js';

const ORDER = 'order-0001';
const APART = 1_000;

describe('cancelling a payment', () => {
  let shop: Shop;
  let key: string;
  beforeEach(async () => {
    shop = await openShop();
    key = await shop.checkout(ORDER, 100_000);
    await shop.confirm(key, ORDER, 100_000);
  });
  afterEach(() => shop.close());

  const refusal = async (body: object) => {
    const answer = await shop.cancel(key, body);
    return [answer.status, answer.body.code];
  };

  it('refunds all when no amount is named', async () => {
    const { status, body } = await shop.cancel(key, { refundableAmount: 100_000 });
    expect([status, body.status, body.balanceAmount]).toEqual([200, 'CANCELED', 0]);
    expect(body.cancels).toMatchObject([
      { cancelAmount: 100_000, refundableAmount: 0, cancelReason: '단순 변심', cancelStatus: 'DONE' },
    ]);
    expect(body.lastTransactionKey).toBe((body.cancels as { transactionKey: string }[])[0]?.transactionKey);
    expect(await refusal({})).toEqual([400, 'ALREADY_CANCELED_PAYMENT']);
  });

  it('stays partly cancelled when parts bring the balance to nothing', async () => {
    await shop.cancel(key, { cancelAmount: 30_000 });
    shop.advance(APART);
    const { body } = await shop.cancel(key, { cancelAmount: 70_000 });
    expect([body.status, body.balanceAmount, body.totalAmount]).toEqual(['PARTIAL_CANCELED', 0, 100_000]);
    shop.advance(APART);
    expect(await refusal({})).toEqual([403, 'NOT_CANCELABLE_AMOUNT']);
    expect((await shop.transactions()).map(({ status, amount }) => [status, amount])).toEqual([
      ['DONE', 100_000],
      ['PARTIAL_CANCELED', 30_000],
      ['PARTIAL_CANCELED', 70_000],
    ]);
  });

  it('refuses more than the balance, and a balance the caller has wrong', async () => {
    expect(await refusal({ cancelAmount: 100_001 })).toEqual([403, 'NOT_CANCELABLE_AMOUNT']);
    expect(await refusal({ cancelAmount: 1_000, refundableAmount: 99_999 })).toEqual([400, 'NOT_MATCHES_REFUNDABLE_AMOUNT']);
    expect((await shop.payment(key)).body.balanceAmount).toBe(100_000);
  });

  it('refuses a second cancel within a second', async () => {
    await shop.cancel(key, { cancelAmount: 1_000 });
    shop.advance(APART - 1);
    expect(await refusal({ cancelAmount: 1_000 })).toEqual([403, 'FORBIDDEN_CONSECUTIVE_REQUEST']);
  });

  it('refuses what was never charged and what never was', async () => {
    const open = await shop.checkout('order-0002', 100_000);
    expect((await shop.cancel(open)).body.code).toBe('NOT_CANCELABLE_PAYMENT');
    expect((await shop.cancel('tsim_none')).body.code).toBe('NOT_FOUND_PAYMENT');
  });

  it.each([[{ cancelReason: '' }], [{ cancelReason: 'x'.repeat(201) }], [{ cancelAmount: 0 }], [{ cancelAmount: 10.5 }]])(
    'calls %j malformed',
    async (body) => expect(await refusal(body)).toEqual([400, 'INVALID_REQUEST']),
  );
});

describe('listing transactions', () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await openShop();
    for (const order of ['order-0001', 'order-0002', 'order-0003']) {
      const key = await shop.checkout(order, 10_000);
      await shop.confirm(key, order, 10_000);
      shop.advance(60_000);
    }
  });
  afterEach(() => shop.close());

  const list = async (query: string) => {
    const answer = await shop.call('GET', `/v1/transactions?${query}`);
    return {
      status: answer.status,
      lines: JSON.parse(answer.text) as { orderId: string; transactionKey: string; transactionAt: string }[],
    };
  };
  const DAY = 'startDate=2026-11-21T00:00:00&endDate=2026-11-21T23:59:59.999';

  it('pages through a period in Korean time', async () => {
    const { lines: first } = await list(`${DAY}&limit=2`);
    expect(first.map(({ orderId }) => orderId)).toEqual(['order-0001', 'order-0002']);
    const { lines: second } = await list(`${DAY}&limit=2&startingAfter=${first[1]?.transactionKey}`);
    expect(second.map(({ orderId }) => orderId)).toEqual(['order-0003']);
    expect((await list(`${DAY}&limit=2&startingAfter=${second[0]?.transactionKey}`)).lines).toEqual([]);
    expect(first[1]).toMatchObject({
      status: 'DONE',
      amount: 10_000,
      currency: 'KRW',
      transactionAt: '2026-11-21T10:01:00+09:00',
    });
  });

  it('takes the bounds of the period seriously', async () => {
    const { lines } = await list('startDate=2026-11-21T10:01:00&endDate=2026-11-21T10:01:59');
    expect(lines.map(({ orderId }) => orderId)).toEqual(['order-0002']);
  });

  it.each([
    ['startDate=2026-11-21T00:00:00'],
    [`${DAY}&limit=5001`],
    [`${DAY}&startingAfter=unknown`],
    ['startDate=x&endDate=y'],
  ])('refuses %s', async (query) => expect((await list(query)).status).toBe(400));
});
