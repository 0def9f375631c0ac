import { beforeEach, describe, expect, it } from '@jest/globals';
import { OrderId, PaymentKey, PerformanceId, ReservationId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { paymentStream } from '@tiketi/shared-kernel/contracts/streams.js';
import { createModelStore, type ModelStore } from '@tiketi/shared-kernel/event-sourcing/testing/model-store.js';
import { createLogger } from '@tiketi/shared-kernel/service/logger.js';
import { ServiceUnreachable } from '@tiketi/shared-kernel/service/service-client.js';
import { type Asking, createOrders, type Known, type Orders } from './orders.js';
import type { Order } from './payment/payment.js';
import { preparePayment } from './payment/prepare-payment.js';
import { requestConfirm } from './payment/request-confirm.js';
import type { CancelAnswer, ConfirmAnswer, LookupAnswer, PaymentProvider, ProviderPayment } from './provider.js';
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
  ...more,
});
const approved: ConfirmAnswer = { kind: 'approved', payment: charged() };
const declined: ConfirmAnswer = { kind: 'declined', code: 'REJECT_CARD_PAYMENT', message: '' };
const unknown = { kind: 'unknown', cause: 'timeout' } as const;
const spent = { kind: 'unknown', cause: 'PROVIDER_ERROR', keySpent: true } as const;
const cancelled: CancelAnswer = { kind: 'cancelled', payment: charged({ balanceAmount: 0 }), transactionKey: 'tx-2' };

describe('settling a payment', () => {
  let store: ModelStore;
  let orders: Orders;
  let settlement: Settlement;
  let now = Date.parse('2026-05-01T10:00:00Z');
  let calls: string[];
  let confirms: ConfirmAnswer[];
  let lookups: LookupAnswer[];
  let cancels: CancelAnswer[];
  let reservation: () => Promise<{ position: string | null } | 'closed'>;
  let failing: () => Promise<void>;
  let beforeAnswer: () => Promise<unknown>;

  beforeEach(async () => {
    store = createModelStore();
    calls = [];
    confirms = [];
    lookups = [];
    cancels = [];
    now = Date.parse('2026-05-01T10:00:00Z');
    reservation = async () => ({ position: '7' });
    failing = async () => undefined;
    beforeAnswer = async () => undefined;
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
    const provider: PaymentProvider = {
      confirm: async ({ idempotencyKey }) => {
        const meanwhile = beforeAnswer;
        beforeAnswer = async () => undefined;
        await meanwhile();
        return next('confirm', confirms, keyNumber(idempotencyKey));
      },
      lookupByOrder: async () => next('lookup', lookups, ''),
      cancel: async ({ idempotencyKey }) => next('cancel', cancels, keyNumber(idempotencyKey)),
      available: () => true,
    };
    const reservations: ReservationSteps = {
      find: async () => undefined,
      startPayment: async () => undefined,
      confirm: () => reservation(),
      failPayment: () => failing(),
    };
    orders = createOrders({ store, clock: () => now });
    const logger = createLogger({ service: 'test', level: 'silent' });
    settlement = createSettlement({ orders, provider, reservations, clock: () => now, logger, providerTimeoutMs: 60_000 });
    await orders.decide(order, 'prepare', (at) => preparePayment({ order, now: at }), asking);
  });

  const stored = async (): Promise<string[]> => {
    const types: string[] = [];
    for await (const event of store.readStream(paymentStream(order.orderId))) types.push(event.type.replace('Payment', ''));
    return types;
  };
  const known = async (): Promise<Known> => {
    const found = await orders.find(order.orderId);
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
      ['the provider waits for a deposit', found({ status: 'WAITING_FOR_DEPOSIT' })],
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
    const refund = () => settlement.refund(order, asking);

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
      lookups.push(unknown, unknown, unknown);
      expect(await refund()).toBe('refunding');
      expect(calls.filter((call) => call.startsWith('cancel'))).toEqual(['cancel key 2', 'cancel key 3', 'cancel key 4']);
    });
  });

  it('gives back nothing that was not charged', async () => {
    expect(await settlement.refund(order, asking)).toBe('notCharged');
    expect(calls).toEqual([]);
  });
});
