import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openShop, type Shop } from './testing/shop.js';

const ORDER = 'order-0001';
const DAY = 24 * 3_600_000;

describe('other methods', () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await openShop();
  });
  afterEach(() => shop.close());

  const pay = async (amount: number, more: object) => {
    const paymentKey = await shop.checkout(ORDER, amount, more);
    return { paymentKey, ...(await shop.confirm(paymentKey, ORDER, amount)) };
  };

  it('pay by transfer, from 200 won on, and refund within 180 days', async () => {
    const { paymentKey, body } = await pay(200, { method: 'TRANSFER', bank: '카카오', isCulturalExpenses: true });
    expect(body).toMatchObject({
      status: 'DONE',
      method: '계좌이체',
      transfer: { bankCode: '90', settlementStatus: 'INCOMPLETED' },
      cultureExpense: true,
      card: null,
    });
    shop.advance(180 * DAY + 1);
    expect((await shop.cancel(paymentKey)).body.code).toBe('EXCEED_MAX_REFUND_DUE');
    shop.advance(-1);
    expect((await shop.cancel(paymentKey)).body).toMatchObject({ status: 'CANCELED' });
  });

  it('pay by an easy payment service', async () => {
    const { body } = await pay(30_000, { method: 'EASY_PAY', provider: '카카오페이' });
    expect(body).toMatchObject({
      status: 'DONE',
      method: '간편결제',
      easyPay: { provider: '카카오페이', amount: 30_000, discountAmount: 0 },
    });
  });

  it.each([
    [199, { method: 'TRANSFER' }, 'BELOW_MINIMUM_AMOUNT'],
    [99, { method: 'EASY_PAY' }, 'BELOW_MINIMUM_AMOUNT'],
    [10_000_001, { method: 'TRANSFER' }, 'EXCEED_MAX_PAYMENT_AMOUNT'],
    [50_000, { method: 'TRANSFER', refuses: 'REJECT_ACCOUNT_PAYMENT' }, 'REJECT_ACCOUNT_PAYMENT'],
  ])('refuse %d won by %j: %s', async (amount, more, code) => {
    const { paymentKey, body } = await pay(amount, more);
    expect(body.code).toBe(code);
    expect((await shop.payment(paymentKey)).body).toMatchObject({ status: 'ABORTED', failure: { code } });
  });

  it('name their method in the list of transactions', async () => {
    await pay(30_000, { method: 'EASY_PAY' });
    await shop.account('order-0002', 10_000);
    const period = 'startDate=2026-11-21T00:00:00&endDate=2026-11-21T23:59:59.999';
    const { text } = await shop.call('GET', `/v1/transactions?${period}`);
    const lines = (JSON.parse(text) as { method: string; status: string }[]).map(({ method, status }) => [method, status]);
    expect(lines).toEqual([
      ['간편결제', 'DONE'],
      ['가상계좌', 'WAITING_FOR_DEPOSIT'],
    ]);
  });

  it('never mark a card payment as a cultural expense', async () => {
    const { body } = await pay(30_000, { isCulturalExpenses: true });
    expect(body.cultureExpense).toBe(false);
  });
});
