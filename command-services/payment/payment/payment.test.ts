import { describe, expect, it } from '@jest/globals';
import type { PaymentEvent } from '@tiketi/shared-kernel/contracts/events/payment.js';
import { OrderId, PaymentKey, PerformanceId, RefundId, ReservationId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import { fold } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { given } from '@tiketi/shared-kernel/event-sourcing/testing/scenario.js';
import { abandonPayment } from './abandon-payment.js';
import { isRefunded, type Order, payment } from './payment.js';
import { preparePayment } from './prepare-payment.js';
import { approveByPoints, recordAccount, recordApproval, recordDecline, recordReversal } from './record-outcome.js';
import { recordOutside, recordRefund, requestRefund } from './refund-payment.js';
import { requestConfirm } from './request-confirm.js';

const order: Order = {
  orderId: OrderId.parse('ord-000001'),
  reservationId: ReservationId.parse('5f0e0000-0000-4000-8000-000000000001'),
  userId: UserId.parse('5f0e0000-0000-4000-8000-000000000002'),
  performanceId: PerformanceId.parse('5f0e0000-0000-4000-8000-000000000003'),
  amount: Won.parse(120_000),
  cardAmount: Won.parse(120_000),
  pointAmount: Won.parse(0),
  orderName: 'TK-0000',
};
const now = Instant.parse('2026-05-01T10:00:00Z');
const paymentKey = PaymentKey.parse('pk-1');
const { orderId, reservationId } = order;

const prepared: PaymentEvent = { type: 'PaymentPrepared', data: { ...order, preparedAt: now } };
const requested: PaymentEvent = {
  type: 'PaymentConfirmRequested',
  data: { orderId, reservationId, paymentKey, providerKey: 'key-1', requestedAt: now },
};
const noPoints = Won.parse(0);
const approved: PaymentEvent = {
  type: 'PaymentApproved',
  data: {
    orderId,
    reservationId,
    paymentKey,
    cardAmount: order.cardAmount,
    pointAmount: noPoints,
    method: '카드',
    receiptUrl: null,
    approvedAt: now,
  },
};
const declined: PaymentEvent = {
  type: 'PaymentDeclined',
  data: { orderId, reservationId, pointAmount: noPoints, code: 'REJECT_CARD_PAYMENT', declinedAt: now },
};
const abandoned: PaymentEvent = {
  type: 'PaymentAbandoned',
  data: { orderId, reservationId, pointAmount: noPoints, abandonedAt: now },
};
const dueBy = Instant.parse('2026-05-02T10:00:00Z');
const issued: PaymentEvent = { type: 'VirtualAccountIssued', data: { orderId, reservationId, paymentKey, dueBy, issuedAt: now } };
const closed = RefundId.parse('closed');
const refundRequested: PaymentEvent = {
  type: 'PaymentRefundRequested',
  data: {
    orderId,
    reservationId,
    refundId: closed,
    cardAmount: order.cardAmount,
    pointAmount: noPoints,
    reason: 'reservation_closed',
    providerKey: 'refund-1',
    requestedAt: now,
  },
};
const refunded: PaymentEvent = {
  type: 'PaymentRefunded',
  data: {
    orderId,
    reservationId,
    refundId: closed,
    cardAmount: order.cardAmount,
    pointAmount: noPoints,
    transactionKey: 'tx-1',
    refundedAt: now,
  },
};

const charged = [prepared, requested, approved] as const;

const mixed: Order = { ...order, cardAmount: Won.parse(90_000), pointAmount: Won.parse(30_000) };
const allPoints: Order = { ...order, cardAmount: Won.parse(0), pointAmount: order.amount };
const preparedAs = (of: Order): PaymentEvent => ({ type: 'PaymentPrepared', data: { ...of, preparedAt: now } });
const approvedAs = (of: Order): PaymentEvent => ({
  type: 'PaymentApproved',
  data: { ...approved.data, cardAmount: of.cardAmount, pointAmount: of.pointAmount } as never,
});
const paidMixed = [preparedAs(mixed), requested, approvedAs(mixed)] as const;

describe('preparing an order', () => {
  const prepare = preparePayment({ order, now });
  it('fixes the amounts', () => given(payment).when(prepare).accepts(prepared));
  it('is done once', () => given(payment, prepared).when(prepare).changesNothing());
  it('refuses the same key for another reservation', () => {
    const other = { ...order, reservationId: ReservationId.parse('5f0e0000-0000-4000-8000-000000000009') };
    given(payment, prepared)
      .when(preparePayment({ order: other, now }))
      .refuses('KeyReused');
  });
  it('refuses the same key for another amount', () =>
    given(payment, prepared)
      .when(preparePayment({ order: { ...order, amount: Won.parse(1000) }, now }))
      .refuses('KeyReused'));
  it('refuses the same key for another share of points', () =>
    given(payment, prepared)
      .when(preparePayment({ order: mixed, now }))
      .refuses('KeyReused'));
  it.each([
    [0, true],
    [1, false],
    [99, false],
    [100, true],
  ])('leaves the card nothing or at least 100 won (%i)', (card, right) => {
    const split = { ...order, cardAmount: Won.parse(card), pointAmount: Won.parse(120_000 - card) };
    const prepare = given(payment).when(preparePayment({ order: split, now }));
    if (right) prepare.accepts({ type: 'PaymentPrepared', data: { ...split, preparedAt: now } });
    else prepare.refuses('CardPartTooSmall');
  });
});

describe('asking for the charge', () => {
  const request = requestConfirm({ paymentKey, providerKey: 'key-1', now });
  it('stores the intent first', () => given(payment, prepared).when(request).accepts(requested));
  it('is done once', () => given(payment, prepared, requested).when(request).changesNothing());
  it('finds an approved one done', () =>
    given(payment, ...charged)
      .when(request)
      .changesNothing());
  it('needs an order', () => given(payment).when(request).refuses('PaymentNotFound'));
  it('finds one that waits for a deposit done', () => given(payment, prepared, requested, issued).when(request).changesNothing());
  it('has nothing to charge where points pay all of it', () =>
    given(payment, preparedAs(allPoints)).when(request).refuses('NothingToCharge'));
  it('refuses the key of another charge after the approval', () =>
    given(payment, ...charged)
      .when(requestConfirm({ paymentKey: PaymentKey.parse('pk-2'), providerKey: 'key-2', now }))
      .refuses('AnotherPaymentKey'));
  it('refuses a second payment key', () =>
    given(payment, prepared, requested)
      .when(requestConfirm({ paymentKey: PaymentKey.parse('pk-2'), providerKey: 'key-2', now }))
      .refuses('AnotherPaymentKey'));
  it('refuses after a decline', () => given(payment, prepared, requested, declined).when(request).refuses('Declined'));
  it('refuses after the order was abandoned', () => given(payment, prepared, abandoned).when(request).refuses('Abandoned'));
  it('refuses while a refund is under way', () =>
    given(payment, ...charged, refundRequested)
      .when(request)
      .refuses('Refunded'));
  it('refuses after a refund', () =>
    given(payment, ...charged, refundRequested, refunded)
      .when(request)
      .refuses('Refunded'));
});

describe('recording what the provider said', () => {
  const approve = recordApproval({ paymentKey, method: '카드', receiptUrl: null, now });
  const decline = recordDecline({ code: 'REJECT_CARD_PAYMENT', now });
  it('records an approval', () => given(payment, prepared, requested).when(approve).accepts(approved));
  it('records it once', () =>
    given(payment, ...charged)
      .when(approve)
      .changesNothing());
  it('leaves a refund under way alone', () =>
    given(payment, ...charged, refundRequested)
      .when(approve)
      .changesNothing());
  it('leaves a refunded one alone', () =>
    given(payment, ...charged, refundRequested, refunded)
      .when(approve)
      .changesNothing());
  it('records a charge that comes to light after a decline', () =>
    given(payment, prepared, requested, declined).when(approve).accepts(approved));
  it('approves nothing that was not asked for', () => given(payment, prepared).when(approve).refuses('NotRequested'));
  it('records a decline', () => given(payment, prepared, requested).when(decline).accepts(declined));
  it('records a decline once', () => given(payment, prepared, requested, declined).when(decline).changesNothing());
  it('declines nothing that was charged', () =>
    given(payment, ...charged)
      .when(decline)
      .refuses('NotRequested'));
});

describe('abandoning an order', () => {
  const abandon = abandonPayment({ now });
  it('closes one that nobody confirmed', () => given(payment, prepared).when(abandon).accepts(abandoned));
  it('is done once', () => given(payment, prepared, abandoned).when(abandon).changesNothing());
  it('finds a declined one closed', () => given(payment, prepared, requested, declined).when(abandon).changesNothing());
  it('needs an order', () => given(payment).when(abandon).refuses('PaymentNotFound'));
  it('leaves one whose charge was asked for', () =>
    given(payment, prepared, requested).when(abandon).refuses('ConfirmRequested'));
});

describe('giving a charge back', () => {
  const request = requestRefund({ refundId: closed, amount: 'all', reason: 'reservation_closed', providerKey: 'refund-1', now });
  const record = recordRefund({ refundId: closed, transactionKey: 'tx-1', now });
  it('stores the intent first', () =>
    given(payment, ...charged)
      .when(request)
      .accepts(refundRequested));
  it('asks once', () =>
    given(payment, ...charged, refundRequested)
      .when(request)
      .changesNothing());
  it('asks for nothing after it is done', () =>
    given(payment, ...charged, refundRequested, refunded)
      .when(request)
      .changesNothing());
  it('gives back only what was charged', () => given(payment, prepared, requested).when(request).refuses('NotApproved'));
  it('records the refund', () =>
    given(payment, ...charged, refundRequested)
      .when(record)
      .accepts(refunded));
  it('records it once', () =>
    given(payment, ...charged, refundRequested, refunded)
      .when(record)
      .changesNothing());
  it('records no refund that was not asked for', () =>
    given(payment, ...charged)
      .when(record)
      .refuses('NotRequested'));
  it('records none of an order that was not charged', () => given(payment, prepared).when(record).refuses('NotRequested'));
});

describe('points paying all of it', () => {
  const pay = approveByPoints({ now });
  const byPoints: PaymentEvent = {
    type: 'PaymentApproved',
    data: {
      orderId,
      reservationId,
      paymentKey: null,
      cardAmount: noPoints,
      pointAmount: order.amount,
      method: 'POINTS',
      receiptUrl: null,
      approvedAt: now,
    },
  };
  it('needs no provider', () => given(payment, preparedAs(allPoints)).when(pay).accepts(byPoints));
  it('is done once', () => given(payment, preparedAs(allPoints), byPoints).when(pay).changesNothing());
  it('pays no card part', () => given(payment, preparedAs(mixed)).when(pay).refuses('NotRequested'));
  it('comes too late for an abandoned order', () =>
    given(payment, preparedAs(allPoints), abandoned).when(pay).refuses('NotRequested'));
});

describe('a virtual account', () => {
  const issue = recordAccount({ paymentKey, dueBy, now });
  it('is issued for what was asked for', () => given(payment, prepared, requested).when(issue).accepts(issued));
  it('is issued once', () => given(payment, prepared, requested, issued).when(issue).changesNothing());
  it('matters no more once it is paid', () =>
    given(payment, ...charged)
      .when(issue)
      .changesNothing());
  it('is not issued for what was not asked for', () => given(payment, prepared).when(issue).refuses('NotRequested'));
  it('is paid into', () =>
    given(payment, prepared, requested, issued)
      .when(recordApproval({ paymentKey, method: '카드', receiptUrl: null, now }))
      .accepts(approved));
  it('is closed unpaid', () =>
    given(payment, prepared, requested, issued)
      .when(recordDecline({ code: 'REJECT_CARD_PAYMENT', now }))
      .accepts(declined));
  it('cannot be abandoned, for it may have been paid into', () =>
    given(payment, prepared, requested, issued).when(abandonPayment({ now })).refuses('ConfirmRequested'));
  const reversed: PaymentEvent = { type: 'DepositReversed', data: { orderId, reservationId, reversedAt: now } };
  it('may see its deposit taken back', () =>
    given(payment, ...charged)
      .when(recordReversal({ now }))
      .accepts(reversed));
  it('has none to take back before', () =>
    given(payment, prepared, requested, issued).when(recordReversal({ now })).refuses('NotApproved'));
  it('keeps its state then: a person has to look', () =>
    expect(fold(payment, [...charged, reversed])).toEqual(fold(payment, charged)));
});

describe('giving a part back', () => {
  const parts = (refundId: string, cardAmount: number, pointAmount: number, reason = 'goodwill'): PaymentEvent =>
    ({
      type: 'PaymentRefundRequested',
      data: { orderId, reservationId, refundId, cardAmount, pointAmount, reason, providerKey: 'k', requestedAt: now },
    }) as PaymentEvent;
  const done = (refundId: string, cardAmount: number, pointAmount: number): PaymentEvent =>
    ({
      type: 'PaymentRefunded',
      data: { orderId, reservationId, refundId, cardAmount, pointAmount, transactionKey: null, refundedAt: now },
    }) as PaymentEvent;
  const ask = (amount: number | 'all', reason: 'goodwill' | 'reservation_cancelled' = 'goodwill', refundId = 'r1') =>
    requestRefund({ refundId: RefundId.parse(refundId), amount, reason, providerKey: 'k', now });

  it.each([
    [1000, 0, 1000],
    [30_000, 0, 30_000],
    [50_000, 20_000, 30_000],
    [120_000, 90_000, 30_000],
  ])('%i won: the points first, so that what is kept is kept of the card part', (amount, card, points) =>
    given(payment, ...paidMixed)
      .when(ask(amount))
      .accepts(parts('r1', card, points)),
  );
  it('never gives more than was paid', () =>
    given(payment, ...paidMixed)
      .when(ask(120_001))
      .refuses('ExceedsCharge'));
  it('gives what is left where a cancellation comes after a goodwill', () =>
    given(payment, ...paidMixed, parts('r0', 0, 20_000), done('r0', 0, 20_000))
      .when(ask(120_000, 'reservation_cancelled'))
      .accepts(parts('r1', 90_000, 10_000, 'reservation_cancelled')));
  it('counts what was given before', () =>
    given(payment, ...paidMixed, parts('r0', 60_000, 30_000), done('r0', 60_000, 30_000))
      .when(ask(30_001))
      .refuses('ExceedsCharge'));
  it('is asked for once under its name', () =>
    given(payment, ...paidMixed, parts('r1', 0, 1000))
      .when(ask(5000))
      .changesNothing());
  it('waits for the one before', () =>
    given(payment, ...paidMixed, parts('r0', 0, 1000))
      .when(ask(1000))
      .refuses('RefundInProgress'));
  it('asks for nothing where nothing is left', () =>
    given(payment, ...paidMixed, parts('r0', 90_000, 30_000), done('r0', 90_000, 30_000))
      .when(ask('all', 'reservation_cancelled'))
      .changesNothing());
  it('is refunded only when all of it is back for certain', () => {
    const states = [
      [...paidMixed, parts('r0', 90_000, 0)],
      [...paidMixed, parts('r0', 90_000, 0), done('r0', 90_000, 0)],
      [...paidMixed, parts('r0', 90_000, 30_000)],
      [...paidMixed, parts('r0', 90_000, 30_000), done('r0', 90_000, 30_000)],
    ].map((events) => fold(payment, events));
    expect(states.map((state) => state.status === 'approved' && isRefunded(state))).toEqual([false, false, false, true]);
  });

  describe('that nobody here asked for', () => {
    const outside = (cameBack: number) => recordOutside({ refundId: RefundId.parse('outside-1'), cameBack, now });
    const recorded = (card: number, points: number): PaymentEvent => ({
      ...parts('outside-1', card, points, 'outside'),
      data: { ...parts('outside-1', card, points, 'outside').data, providerKey: 'none' } as never,
    });
    it('is recorded', () =>
      given(payment, ...paidMixed)
        .when(outside(10_000))
        .accepts(recorded(10_000, 0) as PaymentEvent));
    it('takes the points along when nothing of the card part stays', () =>
      given(payment, ...paidMixed)
        .when(outside(90_000))
        .accepts(recorded(90_000, 30_000) as PaymentEvent));
    it('is recorded once', () =>
      given(payment, ...paidMixed, parts('outside-1', 10_000, 0, 'outside'))
        .when(outside(10_000))
        .changesNothing());
    it('is not concluded while one of our own is under way', () =>
      given(payment, ...paidMixed, parts('r0', 1000, 0))
        .when(outside(1000))
        .refuses('RefundInProgress'));
    it('is only what goes beyond our own', () =>
      given(payment, ...paidMixed, parts('r0', 1000, 0), done('r0', 1000, 0))
        .when(outside(3000))
        .accepts(recorded(2000, 0) as PaymentEvent));
    it('is nothing where our own explains it', () =>
      given(payment, ...paidMixed, parts('r0', 1000, 0), done('r0', 1000, 0))
        .when(outside(1000))
        .changesNothing());
    it('is nothing where nothing is left', () =>
      given(payment, ...paidMixed, parts('r0', 90_000, 30_000), done('r0', 90_000, 30_000))
        .when(outside(90_010))
        .changesNothing());
    it('needs a charge', () => given(payment, prepared).when(outside(10)).refuses('NotApproved'));
  });
});

describe('folding odd histories', () => {
  it.each([requested, issued, approved, declined, abandoned, refundRequested, refunded])(
    '$type before any order changes nothing',
    (event) => {
      expect(fold(payment, [event])).toEqual({ status: 'none' });
    },
  );
  it('a refund that was never requested changes nothing', () => {
    expect(fold(payment, [...charged, refunded])).toEqual(fold(payment, charged));
  });
});
