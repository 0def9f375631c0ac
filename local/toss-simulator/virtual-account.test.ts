import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openShop, type Shop } from './testing/shop.js';

const ORDER = 'order-0001';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const REFUND_TO = { bank: '20', accountNumber: '1002123456789', holderName: '김토스' };

type Account = { accountNumber: string; dueDate: string; refundStatus: string; expired: boolean; refundReceiveAccount: unknown };
const accountIn = (body: Readonly<Record<string, unknown>>) => body.virtualAccount as Account;

describe('virtual accounts', () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await openShop();
  });
  afterEach(() => shop.close());

  describe('from the window', () => {
    it('are given out at confirm and wait for the deposit', async () => {
      const more = { method: 'VIRTUAL_ACCOUNT', bank: '06', customerName: '이구매', validHours: 3 };
      const key = await shop.checkout(ORDER, 120_000, more);
      const { status, body } = await shop.confirm(key, ORDER, 120_000);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        status: 'WAITING_FOR_DEPOSIT',
        method: '가상계좌',
        approvedAt: null,
        card: null,
        receipt: null,
        balanceAmount: 120_000,
        secret: expect.stringMatching(/^.{8,50}$/),
        virtualAccount: {
          accountType: '일반',
          accountNumber: expect.stringMatching(/^X\d{13}$/),
          bankCode: '06',
          customerName: '이구매',
          dueDate: '2026-11-21T13:00:00+09:00',
          refundStatus: 'NONE',
          expired: false,
          settlementStatus: 'INCOMPLETED',
          refundReceiveAccount: null,
        },
      });
      expect((await shop.confirm(key, ORDER, 120_000)).body.code).toBe('ALREADY_PROCESSED_PAYMENT');
      expect((await shop.call('GET', `/v1/payments/orders/${ORDER}`)).body).toEqual(body);
    });

    it('keep the order to themselves while they wait', async () => {
      const second = await shop.checkout(ORDER, 50_000);
      await shop.account(ORDER, 50_000);
      expect((await shop.confirm(second, ORDER, 50_000)).body.code).toBe('ALREADY_PROCESSED_PAYMENT');
    });

    it.each([[{ bank: '90' }], [{ bank: 'nowhere' }], [{ validHours: 1, dueDate: '2026-11-22T00:00:00' }]])(
      'are not opened with %j',
      async (more) => {
        const session = { orderId: ORDER, amount: 50_000, orderName: 'x', method: 'VIRTUAL_ACCOUNT', ...more };
        expect((await shop.call('POST', '/checkout/sessions', session)).status).toBe(400);
      },
    );

    it('are refused at confirm when the due date is already over', async () => {
      const key = await shop.checkout(ORDER, 50_000, { method: 'VIRTUAL_ACCOUNT', dueDate: '2026-11-21T10:05:00' });
      shop.advance(5 * 60_000);
      expect((await shop.confirm(key, ORDER, 50_000)).body.code).toBe('INVALID_DATE');
      expect((await shop.payment(key)).body.status).toBe('ABORTED');
    });
  });

  describe('from the merchant’s server', () => {
    const issue = (more: object = {}, headers: Readonly<Record<string, string>> = {}) =>
      shop.call(
        'POST',
        '/v1/virtual-accounts',
        { amount: 50_000, orderId: ORDER, orderName: '좌석', customerName: '이구매', bank: '신한', ...more },
        headers,
      );

    it('are given out at once, open for 168 hours unless told otherwise', async () => {
      const { status, body } = await issue();
      expect([status, body.status]).toEqual([200, 'WAITING_FOR_DEPOSIT']);
      expect(accountIn(body)).toMatchObject({ bankCode: '88', dueDate: '2026-11-28T10:00:00+09:00' });
      const hours = await issue({ orderId: 'order-0002', bank: 'KOOKMIN', validHours: 2_160 });
      expect(accountIn(hours.body)).toMatchObject({ bankCode: '06', dueDate: '2027-02-19T10:00:00+09:00' });
      const date = await issue({ orderId: 'order-0003', dueDate: '2026-11-22T18:30:00' });
      expect(accountIn(date.body).dueDate).toBe('2026-11-22T18:30:00+09:00');
    });

    it.each([
      [{ validHours: 2_161 }, 'EXCEED_MAX_VALID_HOURS'],
      [{ dueDate: '2027-02-19T10:00:01' }, 'EXCEED_MAX_DUE_DATE'],
      [{ dueDate: '2026-11-21T10:00:00' }, 'INVALID_DATE'],
      [{ validHours: 1, dueDate: '2026-11-22T18:30:00' }, 'INVALID_VALID_HOURS_WITH_DUE_DATE_AND_SINGLE'],
      [{ bank: 'nowhere' }, 'INVALID_BANK'],
      [{ amount: 99 }, 'BELOW_MINIMUM_AMOUNT'],
      [{ customerName: '' }, 'INVALID_REQUEST'],
      [{ dueDate: 'tomorrow' }, 'INVALID_REQUEST'],
      [{ validHours: 0 }, 'INVALID_REQUEST'],
      [{ metadata: Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [name, 'x'])) }, 'INVALID_REQUEST'],
    ])('are refused for %j: %s', async (more, code) => {
      const { status, body } = await issue(more);
      expect([status, body.code]).toEqual([400, code]);
      expect((await shop.call('GET', `/v1/payments/orders/${ORDER}`)).status).toBe(404);
    });

    it('are given out once for an order, and repeated for an idempotency key', async () => {
      const first = await issue({}, { 'idempotency-key': 'k-1' });
      expect((await issue({}, { 'idempotency-key': 'k-1' })).text).toBe(first.text);
      expect((await issue()).body.code).toBe('DUPLICATED_ORDER_ID');
    });

    it('keep metadata and the mark of a cultural expense', async () => {
      const { body } = await issue({ metadata: { show: '교향악' }, isCulturalExpenses: true });
      expect(body).toMatchObject({ metadata: { show: '교향악' }, cultureExpense: true });
    });
  });

  describe('a deposit', () => {
    it('pays the order, once and with the whole amount', async () => {
      const { paymentKey, accountNumber } = await shop.account(ORDER, 50_000);
      const short = await shop.deposit(ORDER, { amount: 49_999 });
      expect([short.status, short.body.code]).toEqual([409, 'OTHER_AMOUNT']);
      shop.advance(HOUR);
      const paid = await shop.call('POST', '/simulator/deposits', { accountNumber, amount: 50_000 });
      expect(paid.body).toMatchObject({ status: 'DONE', approvedAt: '2026-11-21T11:00:00+09:00', paymentKey });
      expect((await shop.deposit(ORDER)).body.code).toBe('NOT_WAITING');
      expect((await shop.transactions()).map(({ status, amount, moved }) => [status, amount, moved])).toEqual([
        ['WAITING_FOR_DEPOSIT', 50_000, 0],
        ['DONE', 50_000, 50_000],
      ]);
    });

    it('is taken until the due date, which changes nothing by itself', async () => {
      const inTime = await shop.account(ORDER, 50_000, { validHours: 1 });
      const late = await shop.account('order-0002', 50_000, { validHours: 1 });
      shop.advance(HOUR);
      expect((await shop.deposit(ORDER)).status).toBe(200);
      shop.advance(1);
      expect((await shop.deposit('order-0002')).body.code).toBe('PAST_DUE');
      const { body } = await shop.payment(late.paymentKey);
      expect([body.status, accountIn(body).expired]).toEqual(['WAITING_FOR_DEPOSIT', true]);
      expect((await shop.payment(inTime.paymentKey)).body.status).toBe('DONE');
      expect((await shop.cancel(late.paymentKey)).body.status).toBe('CANCELED');
    });

    it('can turn out to be an error of the bank, and come again', async () => {
      const { paymentKey } = await shop.account(ORDER, 50_000);
      expect((await shop.depositError(ORDER)).body.code).toBe('NOT_WAITING');
      await shop.deposit(ORDER);
      const reversed = await shop.depositError(ORDER);
      expect(reversed.body).toMatchObject({ status: 'WAITING_FOR_DEPOSIT', approvedAt: null });
      expect((await shop.call('GET', '/simulator/ledger')).body.payments).toEqual([]);
      expect((await shop.transactions()).map(({ moved }) => moved)).toEqual([0, 50_000, -50_000]);
      await shop.restart();
      expect((await shop.deposit(ORDER)).body.status).toBe('DONE');
      expect((await shop.transactions()).map(({ moved }) => moved)).toEqual([0, 50_000, -50_000, 50_000]);
      expect((await shop.payment(paymentKey)).body.status).toBe('DONE');
    });

    it('goes nowhere without an account', async () => {
      const key = await shop.checkout(ORDER, 50_000);
      await shop.confirm(key, ORDER, 50_000);
      expect((await shop.deposit(ORDER)).body.code).toBe('NO_SUCH_ACCOUNT');
      expect((await shop.call('POST', '/simulator/deposits', { orderId: ORDER, other: 1 })).status).toBe(400);
    });
  });

  describe('a cancel', () => {
    it('before the deposit is for the whole amount and moves nothing', async () => {
      const { paymentKey } = await shop.account(ORDER, 50_000);
      const part = await shop.cancel(paymentKey, { cancelAmount: 10_000 });
      expect([part.status, part.body.code]).toEqual([403, 'NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT']);
      const { body } = await shop.cancel(paymentKey);
      expect(body).toMatchObject({ status: 'CANCELED', balanceAmount: 0, approvedAt: null, receipt: null });
      expect((await shop.cancel(paymentKey)).body.code).toBe('ALREADY_CANCELED_PAYMENT');
      expect((await shop.deposit(ORDER)).body.code).toBe('NOT_WAITING');
      expect((await shop.transactions()).map(({ status, moved }) => [status, moved])).toEqual([
        ['WAITING_FOR_DEPOSIT', 0],
        ['CANCELED', 0],
      ]);
    });

    it.each([
      [undefined, 'INVALID_REFUND_ACCOUNT_INFO'],
      [{ ...REFUND_TO, accountNumber: '12-34' }, 'INVALID_REFUND_ACCOUNT_NUMBER'],
      [{ ...REFUND_TO, accountNumber: '1'.repeat(21) }, 'INVALID_REFUND_ACCOUNT_NUMBER'],
      [{ ...REFUND_TO, holderName: '가'.repeat(61) }, 'INVALID_REFUND_ACCOUNT_INFO'],
      [{ ...REFUND_TO, bank: 'nowhere' }, 'INVALID_BANK'],
      [{ ...REFUND_TO, accountNumber: '99999999999999' }, 'INVALID_REFUND_ACCOUNT_INFO'],
      [{ ...REFUND_TO, accountNumber: '88888888888888' }, 'FORBIDDEN_BANK_REFUND_REQUEST'],
      [{ ...REFUND_TO, accountNumber: '77777777777777' }, 'REFUND_REJECTED'],
    ])('of a paid one to %j is refused: %s', async (refundReceiveAccount, code) => {
      const { paymentKey } = await shop.account(ORDER, 50_000);
      await shop.deposit(ORDER);
      const { status, body } = await shop.cancel(paymentKey, { refundReceiveAccount });
      expect([status, body.code]).toEqual([400, code]);
      expect((await shop.payment(paymentKey)).body.balanceAmount).toBe(50_000);
    });

    it('of a paid one is paid back two days later, to an account that is shown for half an hour', async () => {
      const { paymentKey } = await shop.account(ORDER, 50_000);
      await shop.deposit(ORDER);
      const part = await shop.cancel(paymentKey, { cancelAmount: 20_000, refundReceiveAccount: REFUND_TO });
      expect(part.body).toMatchObject({ status: 'PARTIAL_CANCELED', balanceAmount: 30_000 });
      expect(accountIn(part.body)).toMatchObject({
        refundStatus: 'PENDING',
        refundReceiveAccount: { bankCode: '20', accountNumber: REFUND_TO.accountNumber, holderName: REFUND_TO.holderName },
      });
      shop.advance(30 * 60_000 + 1);
      expect(accountIn((await shop.payment(paymentKey)).body).refundReceiveAccount).toBeNull();
      shop.advance(2 * DAY);
      expect(accountIn((await shop.payment(paymentKey)).body).refundStatus).toBe('COMPLETED');
    });

    it('is possible for 365 days after the deposit', async () => {
      const { paymentKey } = await shop.account(ORDER, 50_000);
      await shop.deposit(ORDER);
      shop.advance(365 * DAY + 1);
      const { status, body } = await shop.cancel(paymentKey, { refundReceiveAccount: REFUND_TO });
      expect([status, body.code]).toEqual([403, 'EXCEED_MAX_REFUND_DUE']);
    });
  });
});
