import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openShop, SECRET_KEY, type Shop } from '@tiketi/local/toss-simulator/testing/shop.js';
import { OrderId, PaymentKey } from '@tiketi/shared-kernel/contracts/ids.js';
import { instantOf } from '@tiketi/shared-kernel/contracts/time.js';
import { byOrder, isMatched } from '../reconciliation/books.js';
import { paymentKeyHash } from '../records/projection.js';
import { type TossPayments, tossPayments } from './toss-payments.js';

const AMOUNT = 50_000;
const HOUR = 3_600_000;

describe('the simulator’s books, through the adapter', () => {
  let shop: Shop;
  let toss: TossPayments;
  beforeEach(async () => {
    shop = await openShop();
    toss = tossPayments({ baseUrl: shop.url(), secretKey: SECRET_KEY });
  });
  afterEach(async () => {
    await toss.close();
    await shop.close();
  });

  const paid = async (orderId: string) => {
    const paymentKey = await shop.checkout(orderId, AMOUNT);
    await toss.confirm({ paymentKey, orderId, amount: AMOUNT, idempotencyKey: orderId });
    shop.advance(1000);
    return paymentKey;
  };
  const books = (from = -HOUR, to = HOUR) =>
    byOrder(toss.transactions({ from: instantOf(shop.now() + from), to: instantOf(shop.now() + to) }));
  const row = (orderId: string, paymentKey: string, refunded = 0) => ({
    order_id: OrderId.parse(orderId),
    kind: 'booking' as const,
    status: 'approved',
    card_amount: String(AMOUNT),
    point_amount: '0',
    payment_key_hash: paymentKeyHash(PaymentKey.parse(paymentKey)),
    refunded_card: String(refunded),
    open_refunds: '0',
  });

  it('match orders charged and given back, line by line', async () => {
    const [one, two] = [await paid('order-one'), await paid('order-two')];
    const cancel = { paymentKey: two, reason: 'x', amount: 20_000, refundableAmount: AMOUNT, idempotencyKey: 'c' };
    expect((await toss.cancel(cancel)).kind).toBe('cancelled');
    const orders = await books();
    expect([...orders.keys()]).toEqual(['order-one', 'order-two']);
    const lines = (orderId: string) => orders.get(orderId) ?? new Map();
    expect(isMatched(row('order-one', one), lines('order-one'))).toBe(true);
    expect(isMatched(row('order-two', two, 20_000), lines('order-two'))).toBe(true);
    expect(isMatched(row('order-two', two), lines('order-two'))).toBe(false);
    expect(isMatched(row('order-one', two), lines('order-one'))).toBe(false);
    expect(isMatched({ ...row('order-one', one), card_amount: '1' }, lines('order-one'))).toBe(false);
    expect(isMatched({ ...row('order-one', one), status: 'declined' }, lines('order-one'))).toBe(false);
  });

  it('cover the period asked for, in Korean time', async () => {
    await paid('order-old');
    shop.advance(3 * HOUR);
    await paid('order-new');
    expect([...(await books()).keys()]).toEqual(['order-new']);
    expect([...(await books(-4 * HOUR)).keys()]).toEqual(['order-old', 'order-new']);
    expect([...(await books(-4 * HOUR, -2 * HOUR)).keys()]).toEqual(['order-old']);
  });

  it('are read over more than one page', async () => {
    await Promise.all(Array.from({ length: 30 }, (_, n) => paid(`order-page-${n}`)));
    const small = tossPayments({ baseUrl: shop.url(), secretKey: SECRET_KEY, transactionPage: 7 });
    const period = { from: instantOf(shop.now() - HOUR), to: instantOf(shop.now() + HOUR) };
    expect((await byOrder(small.transactions(period))).size).toBe(30);
    await small.close();
  });

  it('hold a virtual account only once it was paid, and its refund', async () => {
    const orderId = 'order-deposit';
    const paymentKey = await shop.checkout(orderId, AMOUNT, { method: 'VIRTUAL_ACCOUNT', bank: '20' });
    const answer = await toss.confirm({ paymentKey, orderId, amount: AMOUNT, idempotencyKey: 'v' });
    expect(answer).toMatchObject({ kind: 'waiting', account: { accountNumber: expect.stringMatching(/^X/) } });
    expect(await toss.confirm({ paymentKey, orderId, amount: AMOUNT, idempotencyKey: 'w' })).toEqual(answer);
    const issued = { ...row(orderId, paymentKey), status: 'awaiting_deposit' };
    expect(isMatched(issued, (await books()).get(orderId) ?? new Map())).toBe(true);
    await shop.deposit(orderId);
    expect(isMatched(issued, (await books()).get(orderId) ?? new Map())).toBe(false);
    expect(isMatched(row(orderId, paymentKey), (await books()).get(orderId) ?? new Map())).toBe(true);
    expect(await toss.lookupByKey(paymentKey)).toMatchObject({ kind: 'found', payment: { status: 'DONE' } });
    shop.advance(1000);
    const cancel = { paymentKey, reason: 'x', refundableAmount: AMOUNT, idempotencyKey: 'c' };
    expect((await toss.cancel(cancel)).kind).not.toBe('cancelled');
    const refundReceiveAccount = { bank: '20', accountNumber: '110123456789', holderName: '김철수' };
    expect(await toss.cancel({ ...cancel, refundReceiveAccount, idempotencyKey: 'd' })).toMatchObject({
      kind: 'cancelled',
      payment: { balanceAmount: 0 },
    });
    const lines = (await books()).get(orderId) ?? new Map();
    expect(isMatched(row(orderId, paymentKey, AMOUNT), lines)).toBe(true);
  });

  it('show a deposit the bank took back', async () => {
    const orderId = 'order-reversed';
    const { paymentKey } = await shop.account(orderId, AMOUNT);
    await shop.deposit(orderId);
    shop.advance(1000);
    await shop.depositError(orderId);
    expect(isMatched(row(orderId, paymentKey), (await books()).get(orderId) ?? new Map())).toBe(false);
  });

  it('let an account nobody paid into be closed', async () => {
    const orderId = 'order-unpaid';
    const paymentKey = await shop.checkout(orderId, AMOUNT, { method: 'VIRTUAL_ACCOUNT', bank: '20' });
    await toss.confirm({ paymentKey, orderId, amount: AMOUNT, idempotencyKey: 'v' });
    const cancel = { paymentKey, reason: 'x', refundableAmount: AMOUNT, idempotencyKey: 'c' };
    const closed = await toss.cancel(cancel);
    expect(closed.kind).toBe('cancelled');
    expect(await toss.cancel({ ...cancel, idempotencyKey: 'd' })).toMatchObject({ kind: 'cancelled' });
  });
});
