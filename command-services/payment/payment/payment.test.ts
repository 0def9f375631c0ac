import { describe, expect, it } from '@jest/globals';
import type { PaymentEvent } from '@tiketi/shared-kernel/contracts/events/payment.js';
import { OrderId, PaymentKey, PerformanceId, ReservationId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import { fold } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { given } from '@tiketi/shared-kernel/event-sourcing/testing/scenario.js';
import { abandonPayment } from './abandon-payment.js';
import { type Order, payment } from './payment.js';
import { preparePayment } from './prepare-payment.js';
import { recordApproval, recordDecline } from './record-outcome.js';
import { recordRefund, requestRefund } from './refund-payment.js';
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
const approved: PaymentEvent = {
  type: 'PaymentApproved',
  data: { orderId, reservationId, paymentKey, cardAmount: order.cardAmount, method: '카드', receiptUrl: null, approvedAt: now },
};
const declined: PaymentEvent = {
  type: 'PaymentDeclined',
  data: { orderId, reservationId, code: 'REJECT_CARD_PAYMENT', declinedAt: now },
};
const abandoned: PaymentEvent = { type: 'PaymentAbandoned', data: { orderId, reservationId, abandonedAt: now } };
const refundRequested: PaymentEvent = {
  type: 'PaymentRefundRequested',
  data: {
    orderId,
    reservationId,
    amount: order.cardAmount,
    reason: 'reservation_closed',
    providerKey: 'refund-1',
    requestedAt: now,
  },
};
const refunded: PaymentEvent = {
  type: 'PaymentRefunded',
  data: { orderId, reservationId, amount: order.cardAmount, transactionKey: 'tx-1', refundedAt: now },
};

const charged = [prepared, requested, approved] as const;

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
  const request = requestRefund({ reason: 'reservation_closed', refundKey: 'refund-1', now });
  const record = recordRefund({ transactionKey: 'tx-1', now });
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
      .refuses('NotRefunding'));
});

describe('folding odd histories', () => {
  it.each([requested, approved, declined, abandoned, refundRequested, refunded])(
    '$type before any order changes nothing',
    (event) => {
      expect(fold(payment, [event])).toEqual({ status: 'none' });
    },
  );
  it('a refund that was never requested changes nothing', () => {
    expect(fold(payment, [...charged, refunded])).toEqual(fold(payment, charged));
  });
});
