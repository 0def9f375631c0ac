import { describe, expect, it } from '@jest/globals';
import { OrderId } from '@tiketi/shared-kernel/contracts/ids.js';
import { instantOf } from '@tiketi/shared-kernel/contracts/time.js';
import { createLogger } from '@tiketi/shared-kernel/service/logger.js';
import fc from 'fast-check';
import { createCharging } from './charging.js';
import type { CancelAnswer, CancelCall, PaymentProvider, ProviderPayment } from './provider.js';

const ORDER = OrderId.parse('order-0001');
const CHARGED = 10_000;
const DAY = 24 * 3_600_000;
const runs = process.env.TIKETI_DEEP === '1' ? 5_000 : 300;

type Fate = 'done' | 'refusedForNow' | 'refused' | 'fault' | 'neverArrives' | 'answerLost';
const fates = fc.constantFrom<Fate>('done', 'refusedForNow', 'refused', 'fault', 'neverArrives', 'answerLost');

/** A provider that remembers what it said to a key, refusals too, for 15 days, and cancels nothing of a balance it was not told right. */
const createProvider = (clock: () => number, fate: () => Fate) => {
  const said = new Map<string, { readonly answer: CancelAnswer; readonly at: number }>();
  const books = { balance: CHARGED, ours: [] as number[] };
  const payment = (): ProviderPayment => ({
    ...{ paymentKey: 'pk', orderId: ORDER, status: 'DONE', totalAmount: CHARGED, balanceAmount: books.balance, method: '카드' },
    ...{ approvedAt: null, receiptUrl: null, lastTransactionKey: 'tx', secret: null, virtualAccount: null, cancels: [] },
  });
  const decide = (call: CancelCall, now: Fate): CancelAnswer => {
    if (now === 'refused') return { kind: 'refused', code: 'EXCEED_CANCEL_LIMIT', message: '' };
    if (now === 'refusedForNow') return { kind: 'unknown', cause: 'PROVIDER_ERROR', keySpent: true };
    if (call.refundableAmount !== books.balance) return { kind: 'refused', code: 'NOT_MATCHES_REFUNDABLE_AMOUNT', message: '' };
    const amount = call.amount ?? books.balance;
    books.balance -= amount;
    books.ours.push(amount);
    return { kind: 'cancelled', payment: payment(), transactionKey: 'tx' };
  };
  const provider: PaymentProvider = {
    confirm: async () => ({ kind: 'unknown', cause: 'not asked' }),
    lookupByOrder: async () => (fate() === 'fault' ? { kind: 'unknown', cause: '500' } : { kind: 'found', payment: payment() }),
    cancel: async (call) => {
      const before = said.get(call.idempotencyKey);
      const now = fate();
      if (now === 'fault' || now === 'neverArrives') return { kind: 'unknown', cause: now };
      const known = before !== undefined && clock() - before.at < 15 * DAY ? before.answer : undefined;
      const answer = known ?? decide(call, now);
      if (known === undefined) said.set(call.idempotencyKey, { answer, at: clock() });
      return now === 'answerLost' ? { kind: 'unknown', cause: now } : answer;
    },
    available: () => true,
  };
  return { provider, books };
};

describe('giving money back, whatever the provider and a person at its console do', () => {
  it('gives it once, never more than asked for, and in the end always', async () => {
    const step = fc.record({
      fates: fc.array(fates, { maxLength: 8 }),
      outside: fc.integer({ min: 0, max: 400 }),
      wait: fc.nat(3 * DAY),
    });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: CHARGED }), fc.array(step, { maxLength: 12 }), async (amount, steps) => {
        let now = 0;
        let script: Fate[] = [];
        const { provider, books } = createProvider(
          () => now,
          () => script.shift() ?? 'done',
        );
        const logger = createLogger({ service: 'test', level: 'silent' });
        const charging = createCharging({ provider, clock: () => now, logger });
        const call = { paymentKey: 'pk', reason: 'r', amount, refundableAmount: CHARGED };
        const go = () => charging.cancel(ORDER, call, 'key', instantOf(0));
        let outside = 0;
        let done = false;
        for (const { fates: next, outside: given, wait } of steps) {
          const person = Math.min(given, books.balance);
          books.balance -= person;
          outside += person;
          script = [...next];
          done = (await go()) !== undefined || done;
          now += wait;
        }
        script = [];
        // each time it doubles a further key may be tried, and at most three were spent more than that
        for (let more = 0; more < 4; more += 1) {
          now = now * 2 + 30_000;
          done = (await go()) !== undefined || done;
        }
        const ours = books.ours.reduce((sum, one) => sum + one, 0);
        expect({ done, times: books.ours.length <= 1 }).toEqual({ done: true, times: true });
        expect(ours).toBeLessThanOrEqual(amount);
        expect(ours + outside).toBeGreaterThanOrEqual(amount);
        expect(books.balance).toBe(CHARGED - ours - outside);
      }),
      { numRuns: runs },
    );
  });
});
