import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ReservationSnapshot } from '@tiketi/shared-kernel/contracts/http/internal.js';
import { OrderId, PaymentKey, PerformanceId, ReservationId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { createModelStore } from '@tiketi/shared-kernel/event-sourcing/testing/model-store.js';
import { createLogger } from '@tiketi/shared-kernel/service/logger.js';
import { ServiceProblem, ServiceUnreachable } from '@tiketi/shared-kernel/service/service-client.js';
import { createCharging } from './charging.js';
import type { DepositAccounts, GivenAccount } from './deposit-accounts.js';
import { type Asking, createOrders } from './orders.js';
import { createPayments, type Payments } from './payments.js';
import type { PointsSteps } from './points/points-steps.js';
import type { RefundAccount } from './provider.js';
import { createRefunds, type Refunds } from './refunds.js';
import type { ReservationSteps } from './reservations.js';
import { createSettlement } from './settle.js';
import { createLedgerProvider } from './testing/ledger-provider.js';

const asking: Asking = { causationId: 'test', actor: { id: 'test', role: 'user' } };
const [buyer, stranger] = [1, 2].map((n) => UserId.parse(`5f0e0000-0000-4000-8000-00000000000${n}`));
const reservationId = ReservationId.parse('5f0e0000-0000-4000-8000-000000000003');
const paymentKey = PaymentKey.parse('key of the checkout');
const anAccount: RefundAccount = { bank: '20', accountNumber: '1234567890123', holderName: '김' };
const cancelReason = 'changed my mind';

if (buyer === undefined || stranger === undefined) throw new Error('two users');

let payments: Payments;
let refunds: Refunds;
let bank: ReturnType<typeof createLedgerProvider>;
let reservation: Partial<ReservationSnapshot> | undefined;
let steps: ReservationSteps;
let available: number;
let account: GivenAccount | undefined;
let orders: ReturnType<typeof createOrders>;

beforeEach(() => {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const clock = () => Date.parse('2026-05-01T10:00:00Z');
  bank = createLedgerProvider(clock);
  [available, account] = [0, undefined];
  reservation = { userId: buyer, status: 'pending', totalAmount: Won.parse(50_000), reservationNumber: 'TK' as never };
  Object.assign(reservation, { performanceId: PerformanceId.parse('5f0e0000-0000-4000-8000-000000000004') });
  steps = {
    find: async () => reservation as ReservationSnapshot | undefined,
    startPayment: async () => undefined,
    confirm: async () => ({ position: '7' }),
    failPayment: async () => undefined,
    awaitDeposit: async (_, dueBy) => ({ dueBy }),
    refundedOutside: async () => undefined,
    cancel: async () => {
      throw new ServiceProblem(409, 'RESERVATION_EXPIRED', undefined);
    },
  };
  const points: PointsSteps = {
    available: async () => Won.parse(available),
    hold: async () => 'held',
    capture: async () => undefined,
    void: async () => undefined,
    refund: async () => undefined,
  };
  const accounts: DepositAccounts = {
    save: async () => undefined,
    find: async () => undefined,
    saveRefundAccount: async (_, given) => {
      account = { account: given, version: 'v1' };
    },
    refundAccount: async () => account,
  };
  const { provider } = bank;
  orders = createOrders({ store: createModelStore(), clock });
  const charging = createCharging({ provider, clock, logger });
  const ports = { orders, provider, charging, points, accounts, reservations: steps, clock, logger };
  refunds = createRefunds(ports);
  const settlement = createSettlement({ ...ports, refunds, providerTimeoutMs: 60_000 });
  payments = createPayments({ ...ports, refunds, settlement, clientKey: 'ck', checkoutUrl: undefined });
});

const prepare = (pointAmount = 0, key = 'key-1', userId = buyer) =>
  payments.prepare({ reservationId, pointAmount }, userId, key, asking);
const confirm = async (body: object = {}, userId = buyer) => {
  const { orderId, amount } = await prepare();
  const { settled } = await payments.confirm({ orderId, amount, paymentKey, ...body }, userId, asking);
  return settled;
};
const cancel = async (body: object = {}, by: { userId: UserId; staff: boolean } = { userId: buyer, staff: false }) => {
  const { orderId } = await prepare();
  return payments.cancel(orderId, by, { cancelReason, ...body }, 'cancel-1', asking);
};

describe('preparing a payment', () => {
  it('names an order for the request, the same for the same', async () => {
    const first = await prepare();
    expect(first).toMatchObject({ amount: 50_000, pointAmount: 0, totalAmount: 50_000, clientKey: 'ck' });
    expect(await prepare()).toEqual(first);
    expect((await prepare(0, 'key-2')).orderId).not.toBe(first.orderId);
  });

  it('takes points into account, down to a hundred won or nothing', async () => {
    available = 50_000;
    expect((await prepare(49_900, 'a')).amount).toBe(100);
    expect((await prepare(50_000, 'b')).amount).toBe(0);
    await expect(prepare(49_901, 'c')).rejects.toMatchObject({ code: 'CARD_AMOUNT_TOO_SMALL' });
  });

  it.each([
    ['somebody else’s reservation', () => prepare(0, 'k', stranger), 'PAYMENT_NOT_FOUND'],
    ['more points than it costs', () => prepare(50_001), 'POINTS_EXCEED_TOTAL'],
    ['more points than there are', () => prepare(1000), 'INSUFFICIENT_POINTS'],
  ])('refuses %s', async (_, ask, code) => {
    await expect(ask()).rejects.toMatchObject({ code });
  });

  it('refuses the same key for another wish', async () => {
    available = 50_000;
    await prepare();
    await expect(prepare(1000)).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it.each([
    ['expired', 'RESERVATION_EXPIRED'],
    ['confirmed', 'RESERVATION_NOT_PENDING'],
    ['cancelled', 'RESERVATION_NOT_PENDING'],
    ['awaitingDeposit', 'RESERVATION_NOT_PENDING'],
  ] as const)('refuses a reservation that is %s', async (status, code) => {
    Object.assign(reservation ?? {}, { status });
    await expect(prepare()).rejects.toMatchObject({ code });
  });

  it('refuses one that does not exist', async () => {
    reservation = undefined;
    await expect(prepare()).rejects.toMatchObject({ code: 'PAYMENT_NOT_FOUND' });
  });

  it('says that reservations cannot be asked', async () => {
    Object.assign(steps, { find: () => Promise.reject(new ServiceUnreachable('down')) });
    await expect(prepare()).rejects.toMatchObject({ status: 503 });
  });
});

describe('confirming a payment', () => {
  it('charges once however often it is asked', async () => {
    const answers = await Promise.all([confirm(), confirm(), confirm()]);
    expect([...answers, await confirm()]).toEqual(Array(4).fill({ kind: 'confirmed', position: '7' }));
    expect(bank.calls.filter((call) => call === 'confirm')).toHaveLength(1);
  });

  it.each([
    ['another amount', { amount: 49_999 }, 'AMOUNT_MISMATCH'],
    ['no payment key', { paymentKey: undefined }, 'PAYMENT_KEY_REQUIRED'],
    ['an order nobody prepared', { orderId: OrderId.parse('ord_unknown') }, 'PAYMENT_NOT_FOUND'],
  ])('refuses %s, and asks the provider nothing', async (_, body, code) => {
    await expect(confirm(body)).rejects.toMatchObject({ code });
    expect(bank.calls).toEqual([]);
  });

  it('finds nobody else’s order', async () => {
    await expect(confirm({}, stranger)).rejects.toMatchObject({ status: 404, code: 'PAYMENT_NOT_FOUND' });
    expect(bank.calls).toEqual([]);
  });

  it('begins nothing while the provider is down, and leaves the order as it was', async () => {
    bank.provider.available = () => false;
    await expect(confirm()).rejects.toMatchObject({ status: 503, code: 'PAYMENT_PROVIDER_DOWN' });
    const { orderId } = await prepare();
    expect((await orders.find(orderId))?.payment.status).toBe('prepared');
  });

  it('refuses another checkout while one is under way', async () => {
    const first = confirm();
    await expect(confirm({ paymentKey: PaymentKey.parse('another') })).rejects.toMatchObject({ code: 'ANOTHER_PAYMENT_KEY' });
    expect(await first).toMatchObject({ kind: 'confirmed' });
  });

  it('passes on what the reservation says no to, before the provider is asked', async () => {
    Object.assign(steps, { startPayment: () => Promise.reject(new ServiceProblem(409, 'RESERVATION_EXPIRED', undefined)) });
    await expect(confirm()).rejects.toMatchObject({ status: 409, code: 'RESERVATION_EXPIRED' });
    expect(bank.calls).toEqual([]);
  });
});

describe('cancelling a payment', () => {
  const staff = { userId: stranger, staff: true };
  const giveUp = (amount: number) => {
    const refund = async () => {
      const { orderId } = await prepare();
      return { refund: { orderId, amount: Won.parse(amount), fee: Won.parse(50_000 - amount), policyVersion: 1 }, position: '9' };
    };
    Object.assign(steps, { cancel: refund });
  };
  beforeEach(async () => {
    await confirm();
  });

  it('gives back what the policy says, once', async () => {
    giveUp(45_000);
    expect(await cancel()).toMatchObject({ status: 'cancelled', refundAmount: 45_000 });
    expect(await cancel()).toMatchObject({ status: 'cancelled', refundAmount: 45_000 });
    expect(bank.payment(paymentKey)?.balanceAmount).toBe(5000);
  });

  it.each([
    ['a stranger’s', {}, { userId: stranger, staff: false }, 'PAYMENT_NOT_FOUND'],
    ['a part, by its buyer', { cancelAmount: 10 }, { userId: buyer, staff: false }, 'PARTIAL_CANCEL_NOT_ALLOWED'],
    ['more than was paid', { cancelAmount: 50_001 }, staff, 'REFUND_EXCEEDS_CHARGE'],
  ])('refuses %s', async (_, body, by, code) => {
    await expect(cancel(body, by)).rejects.toMatchObject({ code });
    expect(bank.payment(paymentKey)?.balanceAmount).toBe(50_000);
  });

  it('gives a part back by staff, once for a key', async () => {
    expect(await cancel({ cancelAmount: 1000 }, staff)).toMatchObject({ status: 'confirmed', refundAmount: 1000 });
    expect(await cancel({ cancelAmount: 1000 }, staff)).toMatchObject({ refundAmount: 1000 });
    await expect(cancel({ cancelAmount: 2000 }, staff)).rejects.toMatchObject({ status: 422, code: 'IDEMPOTENCY_KEY_REUSED' });
    expect(bank.payment(paymentKey)?.balanceAmount).toBe(49_000);
  });

  it('says that a part has to wait for another refund, and gives it back once that is done', async () => {
    const { orderId } = await prepare();
    const give = (key: string) => payments.cancel(orderId, staff, { cancelReason, cancelAmount: 1000 }, key, asking);
    bank.refuse(true);
    expect(await give('first')).toMatchObject({ refundAmount: 0 });
    await expect(give('second')).rejects.toMatchObject({
      status: 409,
      code: 'REFUND_IN_PROGRESS',
      headers: { 'retry-after': '1' },
    });
    bank.refuse(false);
    expect(await give('first')).toMatchObject({ refundAmount: 1000 });
    expect(await give('second')).toMatchObject({ refundAmount: 2000 });
  });

  it('does not begin a part of what can only be given back in full', async () => {
    bank.alter(paymentKey, { isPartialCancelable: false });
    const part = cancel({ cancelAmount: 1000 }, staff);
    await expect(part).rejects.toMatchObject({ status: 409, code: 'PARTIAL_REFUND_NOT_POSSIBLE' });
    expect(await cancel({ cancelAmount: 50_000 }, staff)).toMatchObject({ status: 'refunded', refundAmount: 50_000 });
  });

  it('keeps no account of a payment that is not refunded to one', async () => {
    giveUp(50_000);
    await cancel({ refundReceiveAccount: anAccount });
    expect(account).toBeUndefined();
  });

  it('goes on with what is being given back, now with an account, though the booking is long over', async () => {
    const { orderId } = await prepare();
    const known = (await orders.find(orderId))?.payment;
    if (known === undefined) throw new Error('no order');
    bank.refuse(true);
    expect(await refunds.giveBack(known.order, asking)).toBe('refunding');
    bank.refuse(false);
    expect(await cancel()).toMatchObject({ status: 'refunded', refundAmount: 50_000 });
  });
});
