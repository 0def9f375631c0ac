import { describe, expect, it } from '@jest/globals';
import type { PaymentEvent } from '@tiketi/shared-kernel/contracts/events/payment.js';
import { OrderId, PaymentKey, PerformanceId, RefundId, ReservationId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import { type Decide, fold } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import fc from 'fast-check';
import { abandonPayment } from './abandon-payment.js';
import { type Order, type Payment, payment } from './payment.js';
import { preparePayment } from './prepare-payment.js';
import { approveByPoints, recordAccount, recordApproval, recordDecline, recordReversal } from './record-outcome.js';
import { recordOutside, recordRefund, requestRefund } from './refund-payment.js';
import { requestConfirm } from './request-confirm.js';

const DEEP = process.env.TIKETI_DEEP === '1';
const SEED = Number(process.env.TIKETI_SEED ?? Date.now() % 2 ** 31);

const now = Instant.parse('2026-05-01T10:00:00Z');

const orderOf = (cardAmount: number, pointAmount: number): Order => ({
  orderId: OrderId.parse('ord-000001'),
  reservationId: ReservationId.parse('5f0e0000-0000-4000-8000-000000000001'),
  userId: UserId.parse('5f0e0000-0000-4000-8000-000000000002'),
  performanceId: PerformanceId.parse('5f0e0000-0000-4000-8000-000000000003'),
  amount: Won.parse(cardAmount + pointAmount),
  cardAmount: Won.parse(cardAmount),
  pointAmount: Won.parse(pointAmount),
  orderName: 'TK-0000',
});
const order = fc.constantFrom(orderOf(90_000, 30_000), orderOf(120_000, 0), orderOf(0, 120_000));

const asked = fc.record({
  kind: fc.constantFrom(
    ...(['prepare', 'request', 'request', 'approve', 'approve', 'approve-by-points', 'issue', 'decline', 'abandon'] as const),
    ...(['refund', 'refund', 'refund', 'record-refund', 'record-refund', 'outside', 'reverse'] as const),
  ),
  key: fc.constantFrom('pk-1', 'pk-1', 'pk-2'),
  refund: fc.constantFrom('r1', 'r2', 'r3', 'closed'),
  amount: fc.constantFrom<number | 'all'>(1, 30_000, 50_000, 100_000, 130_000, 'all'),
  reason: fc.constantFrom(
    'goodwill' as const,
    'goodwill' as const,
    'reservation_cancelled' as const,
    'reservation_closed' as const,
  ),
});
type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never;

const decisionOf = (of: Order, { kind, key, refund, amount, reason }: Asked): Decide<Payment, PaymentEvent, string> => {
  const paymentKey = PaymentKey.parse(key);
  const refundId = RefundId.parse(refund);
  switch (kind) {
    case 'prepare':
      return preparePayment({ order: of, now });
    case 'request':
      return requestConfirm({ paymentKey, providerKey: `confirm ${key}`, now });
    case 'approve':
      return recordApproval({ paymentKey, method: '카드', receiptUrl: null, now });
    case 'approve-by-points':
      return approveByPoints({ now });
    case 'issue':
      return recordAccount({ paymentKey, dueBy: now, now });
    case 'decline':
      return recordDecline({ code: 'REJECT_CARD_COMPANY', now });
    case 'abandon':
      return abandonPayment({ now });
    case 'refund':
      return requestRefund({ refundId, amount, reason, providerKey: `refund ${refund}`, now });
    case 'record-refund':
      return recordRefund({ refundId, transactionKey: `tx ${refund}`, now });
    case 'outside':
      return recordOutside({ refundId: RefundId.parse(`outside-${refund}`), cameBack: amount === 'all' ? 0 : amount, now });
    case 'reverse':
      return recordReversal({ now });
  }
};

/** Every command in its turn, each but the reversal (which tells of something that may happen again) asked again at once. */
const historyOf = (of: Order, all: readonly Asked[]): PaymentEvent[] => {
  const history: PaymentEvent[] = [];
  for (const one of all) {
    const decide = decisionOf(of, one);
    const decision = decide(fold(payment, history));
    if ('accepted' in decision) history.push(...decision.accepted);
    if (one.kind === 'reverse') continue;
    expect(decide(fold(payment, history))).toEqual('accepted' in decision ? { accepted: [] } : decision);
  }
  return history;
};

const sumOf = (amounts: readonly number[]): number => amounts.reduce((a, b) => a + b, 0);

/** What an order promises, told from its events alone. */
const brokenPromises = (of: Order, history: readonly PaymentEvent[]): string[] => {
  const broken: string[] = [];
  const refunds = new Map<string, { readonly card: number; readonly points: number; done: boolean }>();
  const count = (type: PaymentEvent['type']): number => history.filter((event) => event.type === type).length;
  for (const once of [
    'PaymentPrepared',
    'PaymentConfirmRequested',
    'PaymentApproved',
    'PaymentDeclined',
    'PaymentAbandoned',
  ] as const)
    if (count(once) > 1) broken.push(`${once} ${count(once)} times`);
  let asked = false;
  let abandoned = false;
  let approved = false;
  for (const [index, { type, data }] of history.entries()) {
    if ((type === 'PaymentPrepared') !== (index === 0)) broken.push(`${type} is event ${index}`);
    if (abandoned) broken.push(`${type} of an abandoned order`);
    switch (type) {
      case 'PaymentConfirmRequested':
        if (of.cardAmount === 0) broken.push('the provider is asked for nothing');
        asked = true;
        break;
      case 'PaymentAbandoned':
        if (asked) broken.push('abandoned after the provider was asked');
        abandoned = true;
        break;
      case 'PaymentApproved':
        if (asked !== of.cardAmount > 0) broken.push('approved without being asked for');
        approved = true;
        break;
      case 'PaymentDeclined':
      case 'VirtualAccountIssued':
        if (!asked || approved) broken.push(`${type} where it cannot be`);
        break;
      case 'PaymentRefundRequested': {
        if (!approved) broken.push('given back before it was paid');
        if (refunds.has(data.refundId)) broken.push(`refund ${data.refundId} is asked for again`);
        if ([...refunds.values()].some(({ done }) => !done)) broken.push('two refunds at a time');
        refunds.set(data.refundId, { card: data.cardAmount, points: data.pointAmount, done: false });
        const card = sumOf([...refunds.values()].map((refund) => refund.card));
        const points = sumOf([...refunds.values()].map((refund) => refund.points));
        if (card > of.cardAmount || points > of.pointAmount)
          broken.push(`${card} won and ${points} points come back of what was paid`);
        if (data.cardAmount + data.pointAmount === 0) broken.push('nothing is given back');
        break;
      }
      case 'PaymentRefunded': {
        const refund = refunds.get(data.refundId);
        if (refund === undefined || refund.done) broken.push(`refund ${data.refundId} is done and was not open`);
        else if (refund.card !== data.cardAmount || refund.points !== data.pointAmount)
          broken.push('another sum came back than was asked for');
        if (refund !== undefined) refund.done = true;
        break;
      }
      case 'PaymentPrepared':
      case 'DepositReversed':
    }
  }
  return broken;
};

const life = fc.tuple(order, fc.array(asked, { maxLength: 30, size: 'max' })).map(([of, all]) => ({
  of,
  // an order nobody prepared is no order; what is asked of one is refused and tried beside the decisions
  all: [{ kind: 'prepare', key: 'pk-1', refund: 'r1', amount: 1, reason: 'goodwill' } as const, ...all],
}));

describe('an order, whatever is asked of it in whatever order', () => {
  it('breaks no promise, and does nothing twice', () => {
    fc.assert(
      fc.property(life, ({ of, all }) => {
        expect(brokenPromises(of, historyOf(of, all))).toEqual([]);
      }),
      { numRuns: DEEP ? 50_000 : 1500, seed: SEED },
    );
  });

  it('is asked enough for that to mean something', () => {
    const seen = new Set(
      fc.sample(life, { numRuns: 500, seed: 7 }).flatMap(({ of, all }) => historyOf(of, all).map(({ type }) => type)),
    );
    expect([...seen].sort()).toEqual(Object.keys(payment.evolve).sort());
  });
});
