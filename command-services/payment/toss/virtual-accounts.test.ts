import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ProviderAlarm, ProviderCall } from '../provider.js';
import { type TossPayments, tossPayments } from './toss-payments.js';

const ORDER = 'order-0001';
const AMOUNT = 50_000;
const waiting = {
  paymentKey: 'pk-secret-key',
  orderId: ORDER,
  status: 'WAITING_FOR_DEPOSIT',
  totalAmount: AMOUNT,
  balanceAmount: AMOUNT,
  secret: 'ps_of_the_order',
  approvedAt: null,
  virtualAccount: { accountNumber: 'X6505637000784', bankCode: '20', dueDate: '2026-11-23T18:00:00+09:00' },
};
const account = { bank: '20', accountNumber: '110123456789', holderName: '김철수' };

describe('Toss virtual accounts', () => {
  let server: Server;
  let toss: TossPayments;
  let calls: ProviderCall[];
  let alarms: ProviderAlarm[];
  let asked: { url: string | undefined; body: unknown }[];
  let answers: { status?: number; body: object }[];

  beforeEach(async () => {
    [calls, alarms, asked, answers] = [[], [], [], []];
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const text = Buffer.concat(chunks).toString();
      asked.push({ url: request.url, body: text === '' ? undefined : JSON.parse(text) });
      const { status = 200, body } = answers.shift() ?? { status: 500, body: { code: 'NOT_SCRIPTED' } };
      response.writeHead(status).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    toss = tossPayments({
      baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      secretKey: 'test_sk',
      onCall: (call) => calls.push(call),
      onAlarm: (alarm) => alarms.push(alarm),
    });
  });
  afterEach(async () => {
    await toss.close();
    server.closeAllConnections();
    server.close();
  });

  const confirm = () => toss.confirm({ paymentKey: waiting.paymentKey, orderId: ORDER, amount: AMOUNT, idempotencyKey: 'key-1' });
  const cancel = (more: object = {}) =>
    toss.cancel({
      paymentKey: waiting.paymentKey,
      reason: '예매 취소',
      refundableAmount: AMOUNT,
      idempotencyKey: 'cancel-1',
      ...more,
    });
  const cancelled = (cancels: object[] | null, more: object = {}) => ({
    body: { ...waiting, status: 'CANCELED', cancels, ...more },
  });

  it('reports an issued account with its due date and secret', async () => {
    answers.push({ body: waiting });
    expect(await confirm()).toMatchObject({
      kind: 'waiting',
      account: { accountNumber: 'X6505637000784', bankCode: '20', dueBy: '2026-11-23T09:00:00.000Z' },
      secret: 'ps_of_the_order',
      payment: { status: 'WAITING_FOR_DEPOSIT', cancels: [] },
    });
    expect(alarms).toEqual([]);
  });

  it('takes a due date without an offset as Korean time', async () => {
    answers.push({ body: { ...waiting, virtualAccount: { ...waiting.virtualAccount, dueDate: '2026-11-23T18:00:00' } } });
    expect(await confirm()).toMatchObject({ kind: 'waiting', account: { dueBy: '2026-11-23T09:00:00.000Z' } });
  });

  it.each([
    ['without an account', { virtualAccount: null }],
    ['without a due date', { virtualAccount: { accountNumber: '1', bankCode: '20', dueDate: null } }],
    ['of another amount', { totalAmount: 1 }],
    ['of another order', { orderId: 'order-other' }],
  ])('never takes a waiting payment %s for ours', async (_, more) => {
    answers.push({ body: { ...waiting, ...more } });
    expect(await confirm()).toMatchObject({ kind: 'unknown' });
    expect(alarms).toMatchObject([{ reason: 'mismatch', orderId: ORDER }]);
  });

  it('finds the account again after a key that was spent', async () => {
    answers.push({ status: 400, body: { code: 'ALREADY_PROCESSED_PAYMENT', message: '' } }, { body: waiting });
    expect(await confirm()).toMatchObject({ kind: 'waiting', secret: 'ps_of_the_order' });
    const other = { ...waiting, paymentKey: 'of another try' };
    answers.push({ status: 400, body: { code: 'ALREADY_PROCESSED_PAYMENT', message: '' } }, { body: other });
    expect(await confirm()).toMatchObject({ kind: 'unknown' });
  });

  it('gives a paid one back to the account it is told', async () => {
    const back = { transactionKey: 'tx-2', cancelAmount: AMOUNT, canceledAt: '2026-11-22T10:00:00+09:00' };
    answers.push(cancelled([back], { balanceAmount: 0, approvedAt: '2026-11-22T09:00:00+09:00' }));
    expect(await cancel({ refundReceiveAccount: account })).toMatchObject({
      kind: 'cancelled',
      transactionKey: 'tx-2',
      payment: { cancels: [{ transactionKey: 'tx-2', amount: AMOUNT, at: '2026-11-22T01:00:00.000Z' }] },
    });
    expect(asked[0]?.body).toEqual({ cancelReason: '예매 취소', refundableAmount: AMOUNT, refundReceiveAccount: account });
  });

  it('closes one nobody paid into, with or without a cancel in the answer', async () => {
    answers.push(cancelled(null));
    expect(await cancel()).toMatchObject({ kind: 'cancelled', transactionKey: null });
    answers.push({ status: 400, body: { code: 'ALREADY_CANCELED_PAYMENT', message: '' } }, cancelled(null));
    expect(await cancel()).toMatchObject({ kind: 'cancelled', transactionKey: null });
    expect(alarms).toEqual([]);
  });

  it('does not take a paid one without a cancel for given back', async () => {
    answers.push(cancelled(null, { approvedAt: '2026-11-22T09:00:00+09:00' }));
    expect(await cancel()).toMatchObject({ kind: 'unknown' });
    expect(alarms).toMatchObject([{ reason: 'mismatch' }]);
  });

  it('logs no secret, account number, holder or key', async () => {
    answers.push({ body: waiting });
    await confirm();
    const message = `${account.holderName} 님의 계좌 ${account.accountNumber}, ${waiting.paymentKey}`;
    answers.push({ status: 400, body: { code: 'INVALID_REFUND_ACCOUNT_NUMBER', message } });
    expect(await cancel({ refundReceiveAccount: account })).toMatchObject({ kind: 'refused' });
    const text = JSON.stringify(calls) + JSON.stringify(alarms);
    for (const secret of [waiting.secret, waiting.virtualAccount.accountNumber, ...Object.values(account).slice(1), 'pk-secret'])
      expect(text).not.toContain(secret);
    expect(calls.at(-1)).toMatchObject({ request: { refundAccount: 'given' }, error: '… 님의 계좌 …, …' });
  });

  describe('the transactions of a period', () => {
    const line = (n: number, more: object = {}) => ({
      transactionKey: `tx-${n}`,
      paymentKey: 'pk',
      orderId: ORDER,
      status: 'DONE',
      amount: 100 * n,
      transactionAt: '2026-11-22T10:00:00+09:00',
      ...more,
    });
    const period = { from: '2026-11-20T00:00:00.000Z', to: '2026-11-22T00:00:00.000Z' } as Parameters<
      TossPayments['transactions']
    >[0];
    const all = async () => {
      const lines = [];
      for await (const one of toss.transactions(period)) lines.push(one);
      return lines;
    };

    it('are paged to the end, which is an empty page', async () => {
      answers.push({ body: [line(1), line(2, { amount: -200, brandNew: 1 })] }, { body: [line(3)] }, { body: [] });
      expect((await all()).map(({ transactionKey, amount }) => [transactionKey, amount])).toEqual([
        ['tx-1', 100],
        ['tx-2', 200],
        ['tx-3', 300],
      ]);
      const queries = asked.map(({ url }) => new URL(url ?? '', 'http://x').searchParams);
      expect(queries.map((query) => query.get('startingAfter'))).toEqual([null, 'tx-2', 'tx-3']);
      expect(queries[0]?.get('startDate')).toBe('2026-11-20T09:00:00.000');
      expect(queries[0]?.get('endDate')).toBe('2026-11-22T09:00:00.000');
      expect(JSON.stringify(calls)).not.toContain('tx-2');
    });

    it.each([
      ['an error', { status: 500, body: { code: 'COMMON_ERROR', message: '' } }],
      ['something else', { body: { odd: true } }],
      ['a line it cannot read', { body: [{ ...line(2), amount: 'many' }] }],
      ['the same page again', { body: [line(1)] }],
    ])('throw rather than end early at %s', async (_, second) => {
      answers.push({ body: [line(1)] }, second);
      await expect(all()).rejects.toThrow(expect.objectContaining({ name: 'ProviderUnreadableError' }));
    });
  });
});
