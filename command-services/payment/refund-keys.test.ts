import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openShop, SECRET_KEY, type Shop } from '@tiketi/local/toss-simulator/testing/shop.js';
import { OrderId } from '@tiketi/shared-kernel/contracts/ids.js';
import { type Instant, instantOf } from '@tiketi/shared-kernel/contracts/time.js';
import { createLogger } from '@tiketi/shared-kernel/service/logger.js';
import { type Charging, createCharging } from './charging.js';
import { type TossPayments, tossPayments } from './toss/toss-payments.js';

const ORDER = OrderId.parse('order-0001');
const AMOUNT = 50_000;

describe('a refund the provider refused at first', () => {
  let shop: Shop;
  let toss: TossPayments;
  let charging: Charging;
  let askedAt: Instant;
  beforeEach(async () => {
    shop = await openShop({ cancelPauseMs: 1000 });
    toss = tossPayments({ baseUrl: shop.url(), secretKey: SECRET_KEY });
    charging = createCharging({ provider: toss, clock: shop.now, logger: createLogger({ service: 'test', level: 'silent' }) });
    askedAt = instantOf(shop.now());
  });
  afterEach(async () => {
    await toss.close();
    await shop.close();
  });

  const paid = async () => {
    const paymentKey = await shop.checkout(ORDER, AMOUNT);
    await shop.confirm(paymentKey, ORDER, AMOUNT);
    return paymentKey;
  };
  const refunds = async () => (await shop.transactions()).filter(({ status }) => status.endsWith('CANCELED'));
  const giveBack = (paymentKey: string, amount: number, left: number, key: string, more: object = {}) =>
    charging.cancel(ORDER, { paymentKey, reason: 'r', amount, refundableAmount: left, ...more }, key, askedAt);

  it('is done later, though the provider repeats the refusal of every key it has seen', async () => {
    const paymentKey = await paid();
    await giveBack(paymentKey, 1000, AMOUNT, 'a');
    const second = () => giveBack(paymentKey, 2000, AMOUNT - 1000, 'b');
    // two cancels of one payment must be a second apart, and all three keys are spent within it
    expect(await second()).toBeUndefined();
    shop.advance(30_000);
    expect(await second()).toEqual({ transactionKey: expect.any(String) });
    expect(await second()).toEqual({ transactionKey: expect.any(String) });
    expect((await refunds()).map(({ moved }) => moved)).toEqual([-1000, -2000]);
  });

  it('is done as soon as its buyer has named an account', async () => {
    const { paymentKey } = await shop.account(ORDER, AMOUNT);
    await shop.deposit(ORDER);
    expect(await giveBack(paymentKey, AMOUNT, AMOUNT, 'a')).toBeUndefined();
    const refundReceiveAccount = { bank: '20', accountNumber: '1234567890123', holderName: '김' };
    expect(await giveBack(paymentKey, AMOUNT, AMOUNT, 'a-to-1', { refundReceiveAccount })).toBeDefined();
    expect(await refunds()).toHaveLength(1);
  });

  it('gives back the rest where a person has given back a part', async () => {
    const paymentKey = await paid();
    await shop.cancel(paymentKey, { cancelAmount: 3000 });
    shop.advance(2000);
    expect(await giveBack(paymentKey, AMOUNT, AMOUNT, 'a')).toBeDefined();
    expect((await refunds()).map(({ moved }) => moved)).toEqual([-3000, -47_000]);
  });

  it('is done where a person has given back more than it asked for', async () => {
    const paymentKey = await paid();
    await shop.cancel(paymentKey, { cancelAmount: 3000 });
    shop.advance(2000);
    expect(await giveBack(paymentKey, 1000, AMOUNT, 'a')).toBeDefined();
    expect(await refunds()).toHaveLength(1);
  });

  it('waits for a call whose answer was lost before it gives back what a person left', async () => {
    const paymentKey = await paid();
    await shop.script({ match: { path: '/cancel' }, times: 1, dropBefore: true });
    const given = giveBack(paymentKey, AMOUNT, AMOUNT, 'a');
    expect(await given).toBeUndefined();
    await shop.cancel(paymentKey, { cancelAmount: 3000 });
    shop.advance(2000);
    expect(await giveBack(paymentKey, AMOUNT, AMOUNT, 'a')).toBeDefined();
    expect((await refunds()).map(({ moved }) => moved)).toEqual([-3000, -47_000]);
  });
});
