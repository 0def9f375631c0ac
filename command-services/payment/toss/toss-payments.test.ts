import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openShop, SECRET_KEY, type Shop } from '@tiketi/local/toss-simulator/testing/shop.js';
import type { ProviderAlarm, ProviderCall } from '../provider.js';
import { BREAKER_OPEN } from './exchange.js';
import { type TossPayments, type TossPaymentsOptions, tossPayments } from './toss-payments.js';

const ORDER = 'order-0001';
const AMOUNT = 50_000;

describe('Toss payments', () => {
  let shop: Shop;
  let toss: TossPayments;
  let calls: ProviderCall[];
  let alarms: ProviderAlarm[];
  const opened: { close(): Promise<unknown> }[] = [];

  const connect = (baseUrl: string, more: Partial<TossPaymentsOptions> = {}) => {
    const adapter = tossPayments({
      baseUrl,
      secretKey: SECRET_KEY,
      onCall: (call) => calls.push(call),
      onAlarm: (alarm) => alarms.push(alarm),
      ...more,
    });
    opened.push(adapter);
    return adapter;
  };

  beforeEach(async () => {
    [calls, alarms] = [[], []];
    shop = await openShop();
    toss = connect(shop.url());
  });
  afterEach(async () => {
    for (const adapter of opened.splice(0)) await adapter.close();
    await shop.close();
  });

  const confirm = (paymentKey: string, more: object = {}) =>
    toss.confirm({ paymentKey, orderId: ORDER, amount: AMOUNT, idempotencyKey: 'key-1', ...more });
  const paid = async () => {
    const paymentKey = await shop.checkout(ORDER, AMOUNT);
    await confirm(paymentKey);
    calls.length = 0;
    return paymentKey;
  };
  const cancel = (paymentKey: string, more: object = {}) =>
    toss.cancel({ paymentKey, reason: '예매 취소', refundableAmount: AMOUNT, idempotencyKey: 'cancel-1', ...more });

  describe('confirm', () => {
    it('reports an approved charge', async () => {
      const paymentKey = await shop.checkout(ORDER, AMOUNT);
      const answer = await confirm(paymentKey);
      expect(answer).toMatchObject({
        kind: 'approved',
        payment: { paymentKey, orderId: ORDER, status: 'DONE', totalAmount: AMOUNT, balanceAmount: AMOUNT, method: '카드' },
      });
      expect(await confirm(paymentKey)).toEqual(answer);
      expect(await shop.transactions()).toHaveLength(1);
    });

    it('reports a decline, and the same one again', async () => {
      const paymentKey = await shop.checkout(ORDER, AMOUNT, { card: '4330000000000011' });
      const declined = { kind: 'declined', code: 'REJECT_CARD_PAYMENT' };
      expect(await confirm(paymentKey)).toMatchObject(declined);
      expect(await confirm(paymentKey)).toMatchObject(declined);
      expect(await confirm(paymentKey, { idempotencyKey: 'key-2' })).toMatchObject({
        kind: 'declined',
        code: 'ALREADY_PROCESSED_PAYMENT',
      });
      expect(alarms).toEqual([]);
    });

    it('takes an expired session as final', async () => {
      const paymentKey = await shop.checkout(ORDER, AMOUNT);
      shop.advance(10 * 60_000 + 1);
      expect(await confirm(paymentKey)).toMatchObject({ kind: 'declined', code: 'NOT_FOUND_PAYMENT_SESSION' });
    });

    it('finds a charge that another key made', async () => {
      const paymentKey = await shop.checkout(ORDER, AMOUNT);
      await confirm(paymentKey);
      expect(await confirm(paymentKey, { idempotencyKey: 'key-2' })).toMatchObject({ kind: 'approved', payment: { paymentKey } });
      expect(await shop.transactions()).toHaveLength(1);
    });

    it('does not know after a lost answer, and learns by asking or by the same key', async () => {
      const paymentKey = await shop.checkout(ORDER, AMOUNT);
      await shop.script({ times: 1, dropReplyAfterSuccess: true });
      const answer = await confirm(paymentKey);
      expect(answer).toMatchObject({ kind: 'unknown', cause: expect.stringContaining('UND_ERR_SOCKET') });
      expect(answer).not.toHaveProperty('keySpent');
      expect(await toss.lookupByOrder(ORDER)).toMatchObject({ kind: 'found', payment: { status: 'DONE', totalAmount: AMOUNT } });
      expect(await confirm(paymentKey)).toMatchObject({ kind: 'approved' });
      expect(await shop.transactions()).toHaveLength(1);
    });

    it('does not know when time runs out, and is told 409 while the first call is under way', async () => {
      toss = connect(shop.url(), { timeoutMs: 60 });
      const paymentKey = await shop.checkout(ORDER, AMOUNT);
      await shop.script({ match: { path: '/confirm' }, times: 1, delayMs: 60_000 });
      expect(await confirm(paymentKey)).toEqual({ kind: 'unknown', cause: 'no answer within 60 ms' });
      expect(await connect(shop.url()).lookupByOrder(ORDER)).toMatchObject({ kind: 'found', payment: { status: 'IN_PROGRESS' } });
      toss = connect(shop.url());
      expect(await confirm(paymentKey)).toEqual({ kind: 'unknown', cause: 'IDEMPOTENT_REQUEST_PROCESSING' });
      expect(await confirm(paymentKey, { idempotencyKey: 'key-2' })).toMatchObject({ kind: 'approved' });
    });

    it.each([
      [{ status: 500, code: 'FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING' }, false],
      [{ status: 500, code: 'UNKNOWN_PAYMENT_ERROR', afterSuccess: true }, false],
      [{ status: 503, code: 'ANYTHING_AT_ALL' }, false],
      [{ status: 429, code: 'TOO_MANY_REQUESTS' }, false],
      [{ code: 'PROVIDER_ERROR' }, true],
    ])('does not take %j for a decline', async (fault, keySpent) => {
      const paymentKey = await shop.checkout(ORDER, AMOUNT);
      await shop.script({ match: { path: '/confirm' }, times: 1, ...fault });
      expect(await confirm(paymentKey)).toEqual({ kind: 'unknown', cause: fault.code, ...(keySpent ? { keySpent } : {}) });
      expect(await confirm(paymentKey, keySpent ? { idempotencyKey: 'key-2' } : {})).toMatchObject({ kind: 'approved' });
      expect(await shop.transactions()).toHaveLength(1);
    });

    it.each([['BRAND_NEW_CODE'], ['CARD_PROCESSING_ERROR']])('asks the payment when told %s', async (code) => {
      const paymentKey = await shop.checkout(ORDER, AMOUNT);
      await shop.script({ match: { path: '/confirm' }, times: 2, status: 400, code });
      expect(await confirm(paymentKey)).toEqual({ kind: 'unknown', cause: code, keySpent: true });
      await shop.call(
        'POST',
        '/v1/payments/confirm',
        { paymentKey, orderId: ORDER, amount: AMOUNT },
        { 'idempotency-key': 'other' },
      );
      await shop.call('DELETE', '/simulator/faults');
      await shop.call('POST', '/v1/payments/confirm', { paymentKey, orderId: ORDER, amount: AMOUNT });
      expect(await confirm(paymentKey)).toMatchObject({ kind: 'approved' });
    });

    it('takes wrong keys for our fault, not the buyer’s', async () => {
      const paymentKey = await shop.checkout(ORDER, AMOUNT);
      toss = connect(shop.url(), { secretKey: 'test_sk_wrong' });
      expect(await confirm(paymentKey)).toEqual({ kind: 'unknown', cause: 'UNAUTHORIZED_KEY' });
      expect(await toss.lookupByOrder(ORDER)).toMatchObject({ kind: 'unknown' });
      expect(alarms.map(({ reason, operation }) => [reason, operation])).toEqual([
        ['configuration', 'confirm'],
        ['configuration', 'lookup'],
      ]);
    });

    it('declines the key of another order that is paid, and rings', async () => {
      const paymentKey = await paid();
      const tried = { orderId: 'order-of-a-thief', idempotencyKey: 'key-2' };
      expect(await confirm(paymentKey, tried)).toMatchObject({ kind: 'declined', code: 'ALREADY_PROCESSED_PAYMENT' });
      expect(alarms).toMatchObject([{ reason: 'mismatch', orderId: 'order-of-a-thief' }]);
    });

    it('declines a key of another order and rings', async () => {
      const paymentKey = await shop.checkout('order-other', AMOUNT);
      expect(await confirm(paymentKey)).toMatchObject({ kind: 'declined', code: 'FORBIDDEN_REQUEST' });
      expect(alarms).toMatchObject([{ reason: 'configuration', orderId: ORDER, detail: 'FORBIDDEN_REQUEST' }]);
    });
  });

  describe('lookup', () => {
    it('finds nothing where nothing is', async () =>
      expect(await toss.lookupByOrder('order-none')).toEqual({ kind: 'notFound' }));

    it('does not take a fault for absence', async () => {
      await shop.script({ match: { method: 'GET' }, times: 1, status: 500, code: 'COMMON_ERROR' });
      expect(await toss.lookupByOrder(ORDER)).toMatchObject({ kind: 'unknown', cause: 'COMMON_ERROR' });
      await shop.script({ match: { method: 'GET' }, times: 1, dropBefore: true });
      expect(await toss.lookupByOrder(ORDER)).toMatchObject({ kind: 'unknown' });
    });
  });

  describe('cancel', () => {
    it('refunds all, once for a key, and knows later that it did', async () => {
      const paymentKey = await paid();
      const answer = await cancel(paymentKey);
      expect(answer).toMatchObject({ kind: 'cancelled', payment: { status: 'CANCELED', balanceAmount: 0 } });
      expect(await cancel(paymentKey)).toEqual(answer);
      expect(await cancel(paymentKey, { idempotencyKey: 'cancel-2' })).toEqual(answer);
      expect((await shop.transactions()).map(({ status }) => status)).toEqual(['DONE', 'CANCELED']);
    });

    it('refunds parts, and refuses what is not there', async () => {
      const paymentKey = await paid();
      expect(await cancel(paymentKey, { amount: 20_000 })).toMatchObject({
        kind: 'cancelled',
        payment: { balanceAmount: 30_000 },
      });
      shop.advance(1_000);
      expect(await cancel(paymentKey, { amount: 20_000, idempotencyKey: 'cancel-2' })).toMatchObject({
        kind: 'refused',
        code: 'NOT_MATCHES_REFUNDABLE_AMOUNT',
      });
      expect(await cancel(paymentKey, { amount: 40_000, refundableAmount: 30_000, idempotencyKey: 'cancel-3' })).toMatchObject({
        kind: 'refused',
        code: 'NOT_CANCELABLE_AMOUNT',
      });
      const rest = await cancel(paymentKey, { refundableAmount: 30_000, idempotencyKey: 'cancel-4' });
      expect(rest).toMatchObject({ kind: 'cancelled', payment: { status: 'PARTIAL_CANCELED', balanceAmount: 0 } });
      expect(await cancel(paymentKey, { refundableAmount: 30_000, idempotencyKey: 'cancel-5' })).toEqual(rest);
    });

    it('must wait between two cancels, with a new key', async () => {
      const paymentKey = await paid();
      await cancel(paymentKey, { amount: 10_000 });
      const hasty = { amount: 10_000, refundableAmount: 40_000 };
      const unknown = { kind: 'unknown', cause: 'FORBIDDEN_CONSECUTIVE_REQUEST', keySpent: true };
      expect(await cancel(paymentKey, { ...hasty, idempotencyKey: 'cancel-2' })).toEqual(unknown);
      shop.advance(1_000);
      expect(await cancel(paymentKey, { ...hasty, idempotencyKey: 'cancel-2' })).toEqual(unknown);
      expect(await cancel(paymentKey, { ...hasty, idempotencyKey: 'cancel-3' })).toMatchObject({ kind: 'cancelled' });
    });

    it('refunds once although the answer was lost', async () => {
      const paymentKey = await paid();
      await shop.script({ match: { path: '/cancel' }, times: 1, dropReplyAfterSuccess: true });
      expect(await cancel(paymentKey)).toMatchObject({ kind: 'unknown' });
      expect(await cancel(paymentKey)).toMatchObject({ kind: 'cancelled' });
      expect(await shop.transactions()).toHaveLength(2);
    });

    it('refuses what does not exist or was not charged', async () => {
      const open = await shop.checkout(ORDER, AMOUNT);
      expect(await cancel('tsim_none')).toMatchObject({ kind: 'refused', code: 'NOT_FOUND_PAYMENT' });
      expect(await cancel(open)).toMatchObject({ kind: 'refused', code: 'NOT_CANCELABLE_PAYMENT' });
    });
  });

  it('reports every call without keys', async () => {
    const paymentKey = await shop.checkout(ORDER, AMOUNT, { card: '4330000000000029' });
    await confirm(paymentKey);
    await toss.lookupByOrder(ORDER);
    await shop.script({ times: 1, dropBefore: true });
    await cancel(paymentKey);
    expect(calls).toMatchObject([
      {
        operation: 'confirm',
        endpoint: 'POST /v1/payments/confirm',
        status: 403,
        errorCode: 'REJECT_CARD_COMPANY',
        response: null,
      },
      {
        operation: 'lookup',
        endpoint: 'GET /v1/payments/orders/{orderId}',
        status: 200,
        errorCode: null,
        response: { status: 'ABORTED' },
      },
      { operation: 'cancel', endpoint: 'POST /v1/payments/{paymentKey}/cancel', status: null, errorCode: null, response: null },
    ]);
    const text = JSON.stringify(calls);
    for (const secret of [paymentKey, SECRET_KEY, Buffer.from(`${SECRET_KEY}:`).toString('base64')])
      expect(text).not.toContain(secret);
  });

  describe('the breaker', () => {
    it('opens on faults, sends nothing while open, and closes after one good trial', async () => {
      let time = 0;
      toss = connect(shop.url(), { breaker: { now: () => time } });
      await shop.script({ status: 500 });
      for (let count = 0; count < 5; count += 1) await toss.lookupByOrder(ORDER);
      await shop.call('DELETE', '/simulator/faults');
      expect([toss.available(), calls.length]).toEqual([false, 5]);
      expect(await confirm(await shop.checkout(ORDER, AMOUNT))).toEqual({ kind: 'unknown', cause: BREAKER_OPEN });
      expect(calls).toHaveLength(5);
      time += 30_000;
      expect(toss.available()).toBe(true);
      const [trial, second] = await Promise.all([toss.lookupByOrder(ORDER), toss.lookupByOrder(ORDER)]);
      expect([trial.kind, second.kind]).toEqual(['found', 'unknown']);
      expect(toss.available()).toBe(true);
    });

    it('does not open on declines', async () => {
      for (let count = 0; count < 10; count += 1) {
        const orderId = `order-decline-${count}`;
        const paymentKey = await shop.checkout(orderId, AMOUNT, { card: '4330000000000011' });
        await confirm(paymentKey, { orderId, idempotencyKey: orderId });
        await toss.lookupByOrder('order-none');
      }
      expect(toss.available()).toBe(true);
    });

    it('does not open on one charge or refund that has to be asked for again and again', async () => {
      const paymentKey = await shop.checkout(ORDER, AMOUNT, { card: '4330000000000086' });
      for (let count = 0; count < 10; count += 1)
        expect(await confirm(paymentKey)).toMatchObject({ cause: 'PROVIDER_ERROR', keySpent: true });
      await confirm(paymentKey, { idempotencyKey: 'key-2' });
      await cancel(paymentKey, { amount: 1000 });
      for (let count = 0; count < 10; count += 1) {
        const hasty = { amount: 1000, refundableAmount: AMOUNT - 1000, idempotencyKey: `hasty-${count}` };
        expect(await cancel(paymentKey, hasty)).toMatchObject({ cause: 'FORBIDDEN_CONSECUTIVE_REQUEST' });
      }
      expect(toss.available()).toBe(true);
    });

    it('opens when nobody listens', async () => {
      toss = connect('http://127.0.0.1:9');
      for (let count = 0; count < 5; count += 1) expect(await toss.lookupByOrder(ORDER)).toMatchObject({ kind: 'unknown' });
      expect(toss.available()).toBe(false);
    });
  });

  describe('answers no provider should give', () => {
    let server: Server;
    const answering = async (listener: RequestListener) => {
      server = createServer(listener);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      toss = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}/prefix/`);
    };
    afterEach(() => {
      server.closeAllConnections();
      server.close();
    });
    const done = { paymentKey: 'k', orderId: ORDER, status: 'DONE', totalAmount: AMOUNT, balanceAmount: AMOUNT };

    it.each([
      ['another amount', { ...done, totalAmount: 1 }, 'mismatch'],
      ['another order', { ...done, orderId: 'order-other' }, 'mismatch'],
      ['another currency', { ...done, currency: 'USD' }, 'mismatch'],
      ['another key', { ...done, paymentKey: 'other' }, 'mismatch'],
      ['a status that is no charge', { ...done, status: 'WAITING_FOR_DEPOSIT' }, 'mismatch'],
      ['nothing readable', '<html>', 'unreadable'],
    ])('never takes %s for an approval', async (_, body, reason) => {
      await answering((_request, response) => void response.end(typeof body === 'string' ? body : JSON.stringify(body)));
      expect(await confirm('k')).toMatchObject({ kind: 'unknown' });
      expect(alarms).toMatchObject([{ reason, orderId: ORDER }]);
    });

    it('reads an approval leniently, below a path prefix', async () => {
      const paths: (string | undefined)[] = [];
      await answering((request, response) => {
        paths.push(request.url);
        response.end(JSON.stringify({ ...done, method: 7, receipt: 'odd', cancels: {}, brandNew: true }));
      });
      expect(await confirm('k')).toEqual({
        kind: 'approved',
        payment: {
          ...done,
          currency: null,
          method: null,
          isPartialCancelable: true,
          approvedAt: null,
          receiptUrl: null,
          lastTransactionKey: null,
          secret: null,
          virtualAccount: null,
          cancels: [],
        },
      });
      expect(paths).toEqual(['/prefix/v1/payments/confirm']);
    });

    it('takes a proxy’s 404 page for no answer at all', async () => {
      await answering((_request, response) => void response.writeHead(404).end('not found'));
      expect(await toss.lookupByOrder(ORDER)).toMatchObject({ kind: 'unknown' });
      expect(await cancel('k')).toMatchObject({ kind: 'unknown' });
    });
  });
});
