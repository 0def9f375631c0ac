import { beforeEach, describe, expect, it } from '@jest/globals';
import { OrderId, PaymentKey, PerformanceId, RefundId, ReservationId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { paymentStream } from '@tiketi/shared-kernel/contracts/streams.js';
import { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import { createModelStore, type ModelStore } from '@tiketi/shared-kernel/event-sourcing/testing/model-store.js';
import { createLogger } from '@tiketi/shared-kernel/service/logger.js';
import { ServiceUnreachable } from '@tiketi/shared-kernel/service/service-client.js';
import { createCharging } from './charging.js';
import type { DepositAccounts } from './deposit-accounts.js';
import { type Asking, createOrders, type Known, type Orders } from './orders.js';
import type { Order } from './payment/payment.js';
import { preparePayment } from './payment/prepare-payment.js';
import { requestConfirm } from './payment/request-confirm.js';
import type { PointsSteps } from './points/points-steps.js';
import type {
  CancelAnswer,
  ConfirmAnswer,
  IssuedAccount,
  LookupAnswer,
  PaymentProvider,
  ProviderBooks,
  ProviderPayment,
} from './provider.js';
import { createRefunds, type Refunds } from './refunds.js';
import type { ReservationSteps } from './reservations.js';
import { createSettlement, type Settlement } from './settle.js';

const order: Order = {
  orderId: OrderId.parse('ord-000001'),
  reservationId: ReservationId.parse('5f0e0000-0000-4000-8000-000000000001'),
  userId: UserId.parse('5f0e0000-0000-4000-8000-000000000002'),
  performanceId: PerformanceId.parse('5f0e0000-0000-4000-8000-000000000003'),
  amount: Won.parse(120_000),
  cardAmount: Won.parse(120_000),
  pointAmount: Won.parse(0),
  orderName: 'TK',
};
/** The same order, partly or wholly paid with points. */
const withPoints = (points: number): Order => ({
  ...order,
  orderId: OrderId.parse(`ord-points-${points}`),
  cardAmount: Won.parse(120_000 - points),
  pointAmount: Won.parse(points),
});
const paymentKey = PaymentKey.parse('pk-1');
const asking: Asking = { causationId: 'test', actor: { id: 'test', role: 'service' } };

const charged = (more: Partial<ProviderPayment> = {}): ProviderPayment => ({
  paymentKey,
  orderId: order.orderId,
  status: 'DONE',
  totalAmount: 120_000,
  balanceAmount: 120_000,
  method: '카드',
  approvedAt: null,
  receiptUrl: null,
  lastTransactionKey: 'tx-1',
  secret: null,
  virtualAccount: null,
  cancels: [],
  ...more,
});
const approved: ConfirmAnswer = { kind: 'approved', payment: charged() };
const declined: ConfirmAnswer = { kind: 'declined', code: 'REJECT_CARD_PAYMENT', message: '' };
const unknown = { kind: 'unknown', cause: 'timeout' } as const;
const spent = { kind: 'unknown', cause: 'PROVIDER_ERROR', keySpent: true } as const;
const dueBy = Instant.parse('2026-05-02T10:00:00Z');
const account: IssuedAccount = { accountNumber: 'X1234', bankCode: '20', dueBy };
const awaitedAs = { status: 'WAITING_FOR_DEPOSIT', virtualAccount: account, secret: 'secret' } as const;
const waiting: ConfirmAnswer = { kind: 'waiting', payment: charged(awaitedAs), account, secret: 'secret' };
const cancelled: CancelAnswer = { kind: 'cancelled', payment: charged({ balanceAmount: 0 }), transactionKey: 'tx-2' };

describe('settling a payment', () => {
  let store: ModelStore;
  let orders: Orders;
  let settlement: Settlement;
  let now = Date.parse('2026-05-01T10:00:00Z');
  let calls: string[];
  /** What the provider tells of the order where the buyer opened another checkout of it since. */
  let otherCheckout: LookupAnswer | undefined;
  let confirms: ConfirmAnswer[];
  let lookups: LookupAnswer[];
  let cancels: CancelAnswer[];
  let reservation: () => Promise<{ position: string | null } | 'closed'>;
  let failing: () => Promise<void>;
  let beforeAnswer: () => Promise<unknown>;
  let refunds: Refunds;
  let held: Awaited<ReturnType<PointsSteps['hold']>>;
  let pointSteps: string[];
  let awaiting: () => Promise<{ dueBy: Instant } | 'closed'>;
  let outside: string[];

  beforeEach(async () => {
    store = createModelStore();
    calls = [];
    otherCheckout = undefined;
    confirms = [];
    lookups = [];
    cancels = [];
    now = Date.parse('2026-05-01T10:00:00Z');
    reservation = async () => ({ position: '7' });
    failing = async () => undefined;
    beforeAnswer = async () => undefined;
    held = 'held';
    pointSteps = [];
    outside = [];
    awaiting = async () => ({ dueBy });
    const next = <T>(name: string, answers: T[], key: string): T => {
      calls.push(`${name} ${key}`.trim());
      const answer = answers.shift();
      if (answer === undefined) throw new Error(`no answer was scripted for ${name}`);
      return answer;
    };
    const keys = new Map<string, number>();
    const keyNumber = (key: string): string => {
      if (!keys.has(key)) keys.set(key, keys.size + 1);
      return `key ${keys.get(key)}`;
    };
    const provider: PaymentProvider & Pick<ProviderBooks, 'lookupByKey'> = {
      confirm: async ({ idempotencyKey }) => {
        const meanwhile = beforeAnswer;
        beforeAnswer = async () => undefined;
        await meanwhile();
        return next('confirm', confirms, keyNumber(idempotencyKey));
      },
      lookupByOrder: async () => otherCheckout ?? next('lookup', lookups, ''),
      lookupByKey: async () => next('lookup', lookups, ''),
      cancel: async ({ idempotencyKey }) => next('cancel', cancels, keyNumber(idempotencyKey)),
      available: () => true,
    };
    const points: PointsSteps = {
      available: async () => Won.parse(0),
      hold: async ({ pointAmount }) => {
        pointSteps.push(`hold ${pointAmount}`);
        return held;
      },
      capture: async () => undefined,
      void: async () => {
        pointSteps.push('void');
      },
      refund: async (_, { amount }) => {
        pointSteps.push(`refund ${amount}`);
      },
    };
    const saved = new Map<string, IssuedAccount & { secret: string | null }>();
    const accounts: DepositAccounts = {
      save: async (orderId, issued, secret) => {
        saved.set(orderId, { ...issued, secret });
      },
      find: async (orderId) => saved.get(orderId),
      saveRefundAccount: async () => undefined,
      refundAccount: async () => undefined,
    };
    const reservations: ReservationSteps = {
      find: async () => undefined,
      startPayment: async () => undefined,
      confirm: () => reservation(),
      failPayment: () => failing(),
      awaitDeposit: () => awaiting(),
      refundedOutside: async ({ orderId }) => {
        outside.push(orderId);
      },
      cancel: async () => ({ refund: null, position: null }),
    };
    orders = createOrders({ store, clock: () => now });
    const logger = createLogger({ service: 'test', level: 'silent' });
    const clock = () => now;
    const charging = createCharging({ provider, clock, logger });
    refunds = createRefunds({ orders, charging, points, accounts, reservations, logger });
    const deps = { orders, provider, charging, refunds, points, accounts, reservations, clock, logger };
    settlement = createSettlement({ ...deps, providerTimeoutMs: 60_000 });
    await prepare(order);
  });

  const prepare = (of: Order) => orders.decide(of, 'prepare', (at) => preparePayment({ order: of, now: at }), asking);

  const stored = async (of = order): Promise<string[]> => {
    const types: string[] = [];
    for await (const event of store.readStream(paymentStream(of.orderId))) types.push(event.type.replace('Payment', ''));
    return types;
  };
  const known = async (of = order): Promise<Known> => {
    const found = await orders.find(of.orderId);
    if (found === undefined) throw new Error('the order is gone');
    return found.payment;
  };
  const confirm = (key = paymentKey) => settlement.confirm(order, key, asking);
  const requested = async () => {
    await orders.decide(order, 'request', (at) => requestConfirm({ paymentKey, providerKey: 'k', now: at }), asking);
    now += 60_000;
  };

  describe('when the buyer confirms', () => {
    it('stores the intent, charges, records and confirms', async () => {
      confirms.push(approved);
      expect(await confirm()).toEqual({ kind: 'confirmed', position: '7' });
      expect(await stored()).toEqual(['Prepared', 'ConfirmRequested', 'Approved']);
    });

    it('charges once however often it is asked', async () => {
      confirms.push(approved);
      await confirm();
      expect(await confirm()).toEqual({ kind: 'confirmed', position: '7' });
      expect(calls).toEqual(['confirm key 1']);
    });

    it('asks again with the same key after a crash before the outcome', async () => {
      confirms.push(unknown, approved);
      expect(await confirm()).toEqual({ kind: 'delayed' });
      expect(await confirm()).toEqual({ kind: 'confirmed', position: '7' });
      expect(calls).toEqual(['confirm key 1', 'confirm key 1']);
    });

    it('takes the next key only after the provider has spent the one before', async () => {
      confirms.push(spent, approved);
      expect(await confirm()).toMatchObject({ kind: 'confirmed' });
      expect(calls).toEqual(['confirm key 1', 'confirm key 2']);
    });

    it('leaves it to the booking process when three keys are spent', async () => {
      confirms.push(spent, spent, spent);
      expect(await confirm()).toEqual({ kind: 'delayed' });
      expect(await stored()).toEqual(['Prepared', 'ConfirmRequested']);
    });

    it('tells a decline, again and again', async () => {
      confirms.push(declined);
      expect(await confirm()).toEqual({ kind: 'declined', code: 'REJECT_CARD_PAYMENT' });
      expect(await confirm()).toEqual({ kind: 'declined', code: 'REJECT_CARD_PAYMENT' });
      expect(calls).toEqual(['confirm key 1']);
    });

    it('tells a decline though the reservation could not be told', async () => {
      confirms.push(declined);
      failing = () => Promise.reject(new ServiceUnreachable('down'));
      expect(await confirm()).toMatchObject({ kind: 'declined' });
    });

    it('is delayed when it is charged and the reservation cannot be told', async () => {
      confirms.push(approved);
      reservation = () => Promise.reject(new ServiceUnreachable('down'));
      expect(await confirm()).toEqual({ kind: 'delayed' });
      expect(await stored()).toEqual(['Prepared', 'ConfirmRequested', 'Approved']);
    });

    it('is delayed when the reservation answers with a fault of its own', async () => {
      confirms.push(approved);
      reservation = () => Promise.reject(new Error('bug'));
      expect(await confirm()).toEqual({ kind: 'delayed' });
    });

    it('gives everything back when the reservation has closed', async () => {
      confirms.push(approved);
      cancels.push(cancelled);
      reservation = async () => 'closed';
      expect(await confirm()).toEqual({ kind: 'givenBack' });
      expect(await stored()).toEqual(['Prepared', 'ConfirmRequested', 'Approved', 'RefundRequested', 'Refunded']);
      expect(await confirm()).toEqual({ kind: 'givenBack' });
    });

    it('refuses a second payment key', async () => {
      await requested();
      expect(await confirm(PaymentKey.parse('pk-2'))).toEqual({ kind: 'refused', refusal: 'AnotherPaymentKey' });
      expect(calls).toEqual([]);
    });

    it('never charges an abandoned order', async () => {
      await settlement.abandon(await known(), asking);
      expect(await confirm()).toEqual({ kind: 'refused', refusal: 'Abandoned' });
      expect(calls).toEqual([]);
    });
  });

  describe('when the outcome is resolved later', () => {
    const resolve = async () => settlement.resolve(await known(), asking);
    const found = (more: Partial<ProviderPayment>): LookupAnswer => ({ kind: 'found', payment: charged(more) });

    it.each([
      ['charged', found({}), 'approved', 'Approved'],
      ['aborted', found({ status: 'ABORTED' }), 'declined', 'Declined'],
      ['expired', found({ status: 'EXPIRED' }), 'declined', 'Declined'],
      ['cancelled in full elsewhere', found({ status: 'CANCELED', balanceAmount: 0 }), 'declined', 'Declined'],
      ['an account closed unpaid', found({ status: 'CANCELED' }), 'declined', 'Declined'],
    ])('%s: the provider’s word is recorded', async (_, answer, status, last) => {
      await requested();
      lookups.push(answer);
      expect(await resolve()).toBe(status);
      expect((await stored()).at(-1)).toBe(last);
    });

    it.each([
      ['the provider does not answer', unknown],
      ['another amount is charged', found({ totalAmount: 5 })],
      ['another payment of this order is charged', found({ paymentKey: 'pk-9' })],
      ['part of it was cancelled elsewhere', found({ status: 'PARTIAL_CANCELED', balanceAmount: 5 })],
      ['the provider waits for a deposit and does not say until when', found({ status: 'WAITING_FOR_DEPOSIT' })],
      ['it is not known yet', { kind: 'notFound' } as const],
    ])('%s: it stays open and nothing is recorded', async (_, answer) => {
      await requested();
      lookups.push(answer);
      expect(await resolve()).toBe('open');
      expect(await stored()).toEqual(['Prepared', 'ConfirmRequested']);
    });

    it.each(['READY', 'IN_PROGRESS'])('%s: the same charge is sent again', async (status) => {
      await requested();
      lookups.push(found({ status }));
      confirms.push(approved);
      expect(await resolve()).toBe('approved');
    });

    it('sends its own charge again when only another checkout of the order was aborted', async () => {
      await requested();
      lookups.push(found({ paymentKey: 'pk-9', status: 'ABORTED' }));
      confirms.push(approved);
      expect(await resolve()).toBe('approved');
    });

    it('takes an unknown payment for declined once its session must have ended', async () => {
      await requested();
      now += 10 * 60_000 + 1;
      lookups.push({ kind: 'notFound' });
      expect(await resolve()).toBe('declined');
    });

    it('calls it approved though the reservation could not be told: that is the next effect’s business', async () => {
      await requested();
      lookups.push(found({}));
      reservation = () => Promise.reject(new ServiceUnreachable('down'));
      expect(await resolve()).toBe('approved');
    });

    it('asks nothing while the handler may still be waiting for its answer', async () => {
      await requested();
      now -= 1;
      expect(await resolve()).toBe('open');
      expect(calls).toEqual([]);
    });

    it('has nothing to ask about an order nobody confirmed', async () => expect(await resolve()).toBe('open'));

    it.each([
      [
        async (): Promise<void> => {
          await settlement.abandon(await known(), asking);
        },
        'abandoned',
      ],
      [
        async (): Promise<void> => {
          confirms.push(declined);
          await confirm();
        },
        'declined',
      ],
      [
        async (): Promise<void> => {
          confirms.push(approved);
          await confirm();
        },
        'approved',
      ],
      [
        async (): Promise<void> => {
          confirms.push(approved);
          cancels.push(cancelled);
          reservation = async () => 'closed';
          await confirm();
        },
        'refunded',
      ],
      [
        async (): Promise<void> => {
          confirms.push(approved);
          cancels.push(unknown);
          lookups.push(unknown);
          reservation = async () => 'closed';
          await confirm();
        },
        'approved',
      ],
    ] as const)('asks nothing about a settled order (%#)', async (history, status) => {
      await history();
      const before = calls.length;
      expect(await resolve()).toBe(status);
      expect(calls).toHaveLength(before);
    });
  });

  describe('when two askers hear different things', () => {
    const resolve = async (): Promise<string> => settlement.resolve(await known(), asking);
    /** The handler's charge is answered only after another asker has resolved the order. */
    const whileCharging = (answer: ConfirmAnswer, meanwhile: () => Promise<unknown>) => {
      beforeAnswer = meanwhile;
      confirms.push(answer);
    };

    it('a charge that comes to light after a decline is recorded and given back', async () => {
      whileCharging(approved, async () => {
        now += 60_000;
        lookups.push({ kind: 'found', payment: charged({ status: 'ABORTED' }) });
        expect(await resolve()).toBe('declined');
        reservation = async () => 'closed';
      });
      cancels.push(cancelled);
      expect(await confirm()).toEqual({ kind: 'givenBack' });
      expect(await stored()).toEqual(['Prepared', 'ConfirmRequested', 'Declined', 'Approved', 'RefundRequested', 'Refunded']);
    });

    it('a decline heard after the charge was recorded changes nothing', async () => {
      let told = 0;
      failing = async () => {
        told += 1;
      };
      whileCharging(declined, async () => {
        now += 60_000;
        lookups.push({ kind: 'found', payment: charged() });
        expect(await resolve()).toBe('approved');
      });
      expect(await confirm()).toEqual({ kind: 'confirmed', position: '7' });
      expect(told).toBe(0);
    });
  });

  describe('when it is abandoned', () => {
    it('is closed', async () => expect(await settlement.abandon(await known(), asking)).toBe('abandoned'));
    it('stays open once the charge was asked for', async () => {
      await requested();
      expect(await settlement.abandon(await known(), asking)).toBe('open');
    });
    it('may have been declined', async () => {
      confirms.push(declined);
      await confirm();
      expect(await settlement.abandon(await known(), asking)).toBe('declined');
    });
  });

  describe('when the charge goes back', () => {
    beforeEach(async () => {
      confirms.push(approved);
      await confirm();
      calls = [];
    });
    const refund = () => refunds.giveBack(order, asking);

    it('goes back once however often it is asked', async () => {
      cancels.push(cancelled);
      expect([await refund(), await refund()]).toEqual(['refunded', 'refunded']);
      expect(calls).toEqual(['cancel key 2']);
    });

    it('is not called done until the provider has done it', async () => {
      cancels.push(unknown, cancelled);
      lookups.push({ kind: 'found', payment: charged() });
      expect([await refund(), await refund()]).toEqual(['refunding', 'refunded']);
      expect(await stored()).toEqual(['Prepared', 'ConfirmRequested', 'Approved', 'RefundRequested', 'Refunded']);
    });

    it('asks no further key after a definite refusal, and is a person’s business', async () => {
      cancels.push({ kind: 'refused', code: 'NOT_CANCELABLE_PAYMENT', message: '' });
      lookups.push(unknown);
      expect(await refund()).toBe('refunding');
      expect(calls.filter((call) => call.startsWith('cancel'))).toEqual(['cancel key 2']);
    });

    it('is done when the provider has it at zero, whatever it said', async () => {
      cancels.push({ kind: 'refused', code: 'ALREADY_CANCELED_PAYMENT', message: '' });
      lookups.push({ kind: 'found', payment: charged({ balanceAmount: 0, status: 'CANCELED' }) });
      expect(await refund()).toBe('refunded');
    });

    it('tries three keys when the provider spends them, then leaves it for later', async () => {
      cancels.push(spent, spent, spent);
      lookups.push(unknown);
      expect(await refund()).toBe('refunding');
      expect(calls.filter((call) => call.startsWith('cancel'))).toEqual(['cancel key 2', 'cancel key 3', 'cancel key 4']);
    });

    it('tries a further key whenever the time has doubled, so that no refusal stands for 15 days', async () => {
      cancels.push(spent, spent, spent, spent, spent, spent, cancelled);
      lookups.push(unknown, unknown);
      expect(await refund()).toBe('refunding');
      now += 30_000;
      calls = [];
      expect(await refund()).toBe('refunded');
      expect(calls.filter((call) => call.startsWith('cancel'))).toEqual([2, 3, 4, 5].map((n) => `cancel key ${n}`));
    });

    it('is not done because another checkout of the order has nothing left', async () => {
      cancels.push(unknown);
      lookups.push({ kind: 'found', payment: charged({ paymentKey: 'pk-2', status: 'CANCELED', balanceAmount: 0 }) });
      expect(await refund()).toBe('refunding');
    });

    it('gives back the rest where a part came back meanwhile', async () => {
      cancels.push({ kind: 'refused', code: 'NOT_MATCHES_REFUNDABLE_AMOUNT', message: '' }, cancelled);
      lookups.push({ kind: 'found', payment: charged({ status: 'PARTIAL_CANCELED', balanceAmount: 117_000 }) });
      expect(await refund()).toBe('refunded');
      expect(calls.filter((call) => call.startsWith('cancel'))).toEqual(['cancel key 2', 'cancel key 3']);
    });
  });

  it('gives back nothing that was not charged', async () => {
    expect(await refunds.giveBack(order, asking)).toBe('notCharged');
    expect(calls).toEqual([]);
  });

  describe('with points', () => {
    const mixed = withPoints(20_000);
    const allPoints = withPoints(120_000);
    const pay = (of: Order) => settlement.confirm(of, of.cardAmount === 0 ? undefined : paymentKey, asking);

    it('holds them before the card is asked for', async () => {
      await prepare(mixed);
      confirms.push({ kind: 'approved', payment: charged({ orderId: mixed.orderId, totalAmount: 100_000 }) });
      expect(await pay(mixed)).toMatchObject({ kind: 'confirmed' });
      expect(pointSteps).toEqual(['hold 20000']);
    });

    it('needs no provider where they pay all of it', async () => {
      await prepare(allPoints);
      expect(await pay(allPoints)).toEqual({ kind: 'confirmed', position: '7' });
      expect(calls).toEqual([]);
      expect(await stored(allPoints)).toEqual(['Prepared', 'Approved']);
    });

    it('closes the order where there are too few, so that nothing is held later', async () => {
      await prepare(mixed);
      held = 'insufficient';
      expect(await pay(mixed)).toEqual({ kind: 'refused', refusal: 'PointsShort' });
      expect(await stored(mixed)).toEqual(['Prepared', 'Abandoned']);
      expect(pointSteps).toEqual(['hold 20000', 'void']);
      expect(calls).toEqual([]);
    });

    it('goes by the order where it was asked for meanwhile', async () => {
      await prepare(mixed);
      await orders.decide(mixed, 'request', (at) => requestConfirm({ paymentKey, providerKey: 'k', now: at }), asking);
      held = 'insufficient';
      expect(await pay(mixed)).toEqual({ kind: 'delayed' });
      expect(pointSteps).toEqual(['hold 20000']);
    });

    it('finds an abandoned order closed', async () => {
      await prepare(mixed);
      await settlement.abandon(await known(mixed), asking);
      held = 'closed';
      expect(await pay(mixed)).toEqual({ kind: 'refused', refusal: 'Abandoned' });
      expect(pointSteps).toEqual(['void', 'hold 20000']);
    });

    it('takes closed points for an abandoned order, even before the order says so', async () => {
      await prepare(mixed);
      held = 'closed';
      expect(await pay(mixed)).toEqual({ kind: 'refused', refusal: 'Abandoned' });
    });

    it('lets them go when the card is declined', async () => {
      await prepare(mixed);
      confirms.push(declined);
      expect(await pay(mixed)).toMatchObject({ kind: 'declined' });
      expect(pointSteps).toEqual(['hold 20000', 'void']);
    });

    it('lets them go when the reservation closed first, and gives spent ones back after a cancellation', async () => {
      await prepare(mixed);
      confirms.push({ kind: 'approved', payment: charged({ orderId: mixed.orderId, totalAmount: 100_000 }) });
      cancels.push(cancelled);
      reservation = async () => 'closed';
      expect(await pay(mixed)).toEqual({ kind: 'givenBack' });
      expect(pointSteps).toEqual(['hold 20000', 'void']);

      await prepare(allPoints);
      reservation = async () => ({ position: '8' });
      await pay(allPoints);
      const wish = { refundId: RefundId.parse('cancelled'), amount: 84_000, reason: 'reservation_cancelled' } as const;
      expect(await refunds.refund(allPoints, wish, asking)).toBe('refunded');
      expect(pointSteps.at(-1)).toBe('refund 84000');
      expect(calls.filter((call) => call.startsWith('cancel'))).toHaveLength(1);
    });

    it('gives the rest of them back when the reservation closes after a goodwill had spent and returned some', async () => {
      await prepare(mixed);
      confirms.push({ kind: 'approved', payment: charged({ orderId: mixed.orderId, totalAmount: 100_000 }) });
      cancels.push(cancelled);
      reservation = () => Promise.reject(new ServiceUnreachable('down'));
      await pay(mixed);
      await refunds.refund(mixed, { refundId: RefundId.parse('goodwill'), amount: 5000, reason: 'goodwill' }, asking);
      expect(await refunds.giveBack(mixed, asking)).toBe('refunded');
      expect(pointSteps).toEqual(['hold 20000', 'refund 5000', 'refund 15000']);
    });
  });

  describe('giving a part back', () => {
    const goodwill = (amount: number, id: string) =>
      refunds.refund(order, { refundId: RefundId.parse(id), amount, reason: 'goodwill' }, asking);
    beforeEach(async () => {
      confirms.push(approved);
      await confirm();
    });

    it('waits for the one before, and finishes it first', async () => {
      cancels.push(unknown, cancelled, cancelled);
      lookups.push(unknown);
      expect(await goodwill(1000, 'a')).toBe('refunding');
      expect(await goodwill(2000, 'b')).toBe('refunding');
      expect(await goodwill(2000, 'b')).toBe('refunded');
      expect((await stored()).slice(3)).toEqual(['RefundRequested', 'Refunded', 'RefundRequested', 'Refunded']);
    });

    it('is done when the provider’s books say so, whatever became of the answer', async () => {
      cancels.push(unknown);
      lookups.push({ kind: 'found', payment: charged({ balanceAmount: 119_000, status: 'PARTIAL_CANCELED' }) });
      expect(await goodwill(1000, 'a')).toBe('refunded');
    });

    it('never gives more than was charged', async () => expect(await goodwill(120_001, 'a')).toBe('exceedsCharge'));

    it('leaves the reservation confirmed', async () => {
      cancels.push(cancelled);
      await goodwill(1000, 'a');
      expect(await confirm()).toEqual({ kind: 'confirmed', position: '7' });
    });
  });

  describe('with a virtual account', () => {
    const close = async () => settlement.close(await known(), asking);
    const books = (more: Partial<ProviderPayment>): void => {
      lookups.push({ kind: 'found', payment: charged(more) });
    };
    const issue = async () => {
      confirms.push(waiting);
      return confirm();
    };

    it('tells the buyer where to pay, again and again', async () => {
      expect(await issue()).toEqual({ kind: 'awaitingDeposit', account, dueBy });
      expect(await confirm()).toEqual({ kind: 'awaitingDeposit', account: { ...account, secret: 'secret' }, dueBy });
      expect(await stored()).toEqual(['Prepared', 'ConfirmRequested', 'VirtualAccountIssued']);
    });

    it('tells a repeat the date the reservation waits until, also while that cannot be asked', async () => {
      const capped = Instant.parse('2026-05-01T20:00:00Z');
      awaiting = async () => ({ dueBy: capped });
      expect(await issue()).toMatchObject({ kind: 'awaitingDeposit', dueBy: capped });
      expect(await confirm()).toMatchObject({ kind: 'awaitingDeposit', dueBy: capped });
      awaiting = () => Promise.reject(new ServiceUnreachable('down'));
      expect(await confirm()).toMatchObject({ kind: 'awaitingDeposit', account: { accountNumber: 'X1234' }, dueBy: capped });
    });

    it('does not send a repeat to an account whose reservation waits no more', async () => {
      await issue();
      awaiting = async () => 'closed';
      books(awaitedAs);
      cancels.push({ kind: 'cancelled', payment: charged({ status: 'CANCELED', balanceAmount: 0 }), transactionKey: null });
      expect(await confirm()).toEqual({ kind: 'refused', refusal: 'DepositNotOffered' });
      expect((await stored()).at(-1)).toBe('Declined');
    });

    it('gives a transfer back that came while its reservation closed', async () => {
      await issue();
      awaiting = async () => 'closed';
      reservation = async () => 'closed';
      books({});
      cancels.push(cancelled);
      expect(await confirm()).toEqual({ kind: 'givenBack' });
    });

    it('leaves telling the reservation to the booking process where it cannot be told', async () => {
      awaiting = () => Promise.reject(new ServiceUnreachable('down'));
      expect(await issue()).toEqual({ kind: 'delayed' });
    });

    it('closes it at once where the reservation does not wait', async () => {
      awaiting = async () => 'closed';
      books(awaitedAs);
      cancels.push({ kind: 'cancelled', payment: charged({ status: 'CANCELED', balanceAmount: 0 }), transactionKey: null });
      expect(await issue()).toEqual({ kind: 'refused', refusal: 'DepositNotOffered' });
      expect((await stored()).at(-1)).toBe('Declined');
    });

    it('is found by whoever asks what became of the charge', async () => {
      await requested();
      books(awaitedAs);
      expect(await settlement.resolve(await known(), asking)).toBe('awaitingDeposit');
    });

    describe('at its end', () => {
      beforeEach(async () => {
        await issue();
      });
      it('is approved where the transfer came', async () => {
        books({});
        expect(await close()).toBe('approved');
      });
      it('is closed at the provider, then declined', async () => {
        books(awaitedAs);
        cancels.push({ kind: 'cancelled', payment: charged({ status: 'CANCELED', balanceAmount: 0 }), transactionKey: null });
        expect(await close()).toBe('declined');
        expect((await stored()).at(-1)).toBe('Declined');
      });
      it('stays open while the provider has not closed it', async () => {
        books(awaitedAs);
        cancels.push(unknown);
        lookups.push(unknown);
        expect(await close()).toBe('open');
      });
      it('is over ten minutes after its due date, closed or not', async () => {
        now = Date.parse(dueBy) + 10 * 60_000;
        books(awaitedAs);
        cancels.push(unknown);
        lookups.push(unknown);
        expect(await close()).toBe('declined');
      });
      it.each([
        ['closed by somebody', { status: 'CANCELED', balanceAmount: 0 }],
        ['closed, its balance left as it was', { status: 'CANCELED' }],
        ['run out', { status: 'EXPIRED' }],
      ])('is declined where it was %s at the provider', async (_, ended) => {
        books(ended);
        expect(await close()).toBe('declined');
      });
      it('is not ended by what became of another checkout of the order', async () => {
        otherCheckout = { kind: 'found', payment: charged({ paymentKey: 'pk-9', status: 'EXPIRED' }) };
        books({});
        expect(await close()).toBe('approved');
      });
      it('still awaits its transfer where another checkout of the order is heard of', async () => {
        otherCheckout = { kind: 'found', payment: charged({ paymentKey: 'pk-9', status: 'IN_PROGRESS' }) };
        books(awaitedAs);
        expect(await settlement.hear(order.orderId, asking)).toBe('awaitingDeposit');
        expect(calls.filter((call) => call.startsWith('cancel'))).toEqual([]);
      });
      it.each([
        ['the provider is silent', unknown],
        ['the provider answers strangely', { kind: 'found', payment: charged({ status: 'READY' }) } as const],
        ['another amount was transferred', { kind: 'found', payment: charged({ totalAmount: 5 }) } as const],
        ['another currency came', { kind: 'found', payment: charged({ currency: 'USD' }) } as const],
      ])('%s: stays open', async (_, answer) => {
        lookups.push(answer);
        expect(await close()).toBe('open');
      });
    });
  });

  describe('closing an order nobody waits for', () => {
    const close = async () => settlement.close(await known(), asking);
    it('abandons one that was not asked for', async () => expect(await close()).toBe('abandoned'));
    it('leaves one under way to its handler', async () => {
      await requested();
      now -= 1;
      expect(await close()).toBe('open');
    });
    it('asks what became of one whose handler is gone', async () => {
      await requested();
      lookups.push({ kind: 'found', payment: charged({ status: 'ABORTED' }) });
      expect(await close()).toBe('declined');
    });
    it('closes the account such an order turns out to have', async () => {
      await requested();
      lookups.push({ kind: 'found', payment: charged(awaitedAs) }, { kind: 'found', payment: charged(awaitedAs) });
      cancels.push({ kind: 'cancelled', payment: charged({ status: 'CANCELED', balanceAmount: 0 }), transactionKey: null });
      expect(await close()).toBe('declined');
    });
    it('has nothing to do for a settled one', async () => {
      confirms.push(approved);
      await confirm();
      expect(await close()).toBe('approved');
    });
  });

  describe('hearing of an order', () => {
    const hear = (orderId = order.orderId) => settlement.hear(orderId, asking);
    const books = (more: Partial<ProviderPayment> = {}): void => {
      lookups.push({ kind: 'found', payment: charged(more) });
    };

    it('knows only its own', async () => expect(await hear(OrderId.parse('ord-unknown'))).toBe('unknownOrder'));

    it('records a charge without waiting', async () => {
      await requested();
      now -= 1;
      books();
      expect(await hear()).toBe('approved');
    });

    it('records a deposit', async () => {
      confirms.push(waiting);
      await confirm();
      books();
      expect(await hear()).toBe('approved');
    });

    it('leaves a waiting account waiting, and declines one closed elsewhere', async () => {
      confirms.push(waiting);
      await confirm();
      books(awaitedAs);
      expect(await hear()).toBe('awaitingDeposit');
      books({ status: 'CANCELED', balanceAmount: 0 });
      books({ status: 'CANCELED', balanceAmount: 0 });
      expect(await hear()).toBe('declined');
    });

    it('leaves a refusal to the request under way', async () => {
      await requested();
      now -= 1;
      books({ status: 'ABORTED' });
      expect(await hear()).toBe('open');
    });

    it('believes a late charge after a decline', async () => {
      confirms.push(declined);
      await confirm();
      books();
      expect(await hear()).toBe('approved');
      expect((await stored()).at(-1)).toBe('Approved');
    });

    it('stays with a decline the books confirm', async () => {
      confirms.push(declined);
      await confirm();
      books({ status: 'ABORTED' });
      expect(await hear()).toBe('declined');
    });

    it.each([
      ['another amount', { totalAmount: 5 }],
      ['another currency', { currency: 'JPY' }],
      ['an order nobody asked for', {}],
    ])('quarantines a charge of %s', async (_, more) => {
      books(more);
      expect(await hear()).toBe('mismatch');
      expect(await stored()).toEqual(['Prepared']);
    });

    it('changes nothing where the provider is silent', async () => {
      lookups.push(unknown);
      expect(await hear()).toBe('open');
    });

    it('has nothing to say of one that was never asked for', async () => {
      books({ status: 'READY' });
      expect(await hear()).toBe('open');
    });

    describe('that is charged', () => {
      beforeEach(async () => {
        confirms.push(approved);
        await confirm();
      });

      it('finds all as it was', async () => {
        books();
        expect(await hear()).toBe('approved');
        expect(await stored()).toHaveLength(3);
      });

      it('records a part given back elsewhere, once', async () => {
        books({ balanceAmount: 100_000, status: 'PARTIAL_CANCELED', lastTransactionKey: 'tx-9' });
        books({ balanceAmount: 100_000, status: 'PARTIAL_CANCELED', lastTransactionKey: 'tx-9' });
        expect([await hear(), await hear()]).toEqual(['approved', 'approved']);
        expect((await stored()).slice(3)).toEqual(['RefundRequested', 'Refunded']);
        expect(outside).toEqual([]);
      });

      it.each([
        ['was refunded', { status: 'CANCELED', balanceAmount: 0 }],
        ['waits for a deposit', awaitedAs],
        ['was charged', {}],
      ])('hears nothing of it from another checkout of the order that %s', async (_, more) => {
        books({ paymentKey: 'pk-2', ...more });
        expect(await hear()).toBe('approved');
        expect(await stored()).toHaveLength(3);
      });

      it('ends the booking where all of it was given back elsewhere', async () => {
        books({ balanceAmount: 0, status: 'CANCELED', lastTransactionKey: 'tx-9' });
        expect(await hear()).toBe('refunded');
        expect(outside).toEqual([order.orderId]);
        expect(calls.filter((call) => call.startsWith('cancel'))).toEqual([]);
      });

      it('concludes nothing while a refund of ours is under way', async () => {
        cancels.push(unknown);
        lookups.push(unknown);
        await refunds.giveBack(order, asking);
        books({ balanceAmount: 0, status: 'CANCELED' });
        expect(await hear()).toBe('approved');
        expect((await stored()).slice(3)).toEqual(['RefundRequested']);
      });

      it('is an alarm where the bank took the deposit back', async () => {
        books(awaitedAs);
        expect(await hear()).toBe('mismatch');
        expect((await stored()).at(-1)).toBe('DepositReversed');
      });
    });
  });
});
