import { describe, expect, it } from '@jest/globals';
import type { PaymentEvent } from '@tiketi/shared-kernel/contracts/events/payment.js';
import type { ReservationEvent } from '@tiketi/shared-kernel/contracts/events/reservation.js';
import { PaymentKey, RefundId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { anna, at, heldBy, ids, opened, orderId, performanceId, standing, terms } from '../testing/facts.js';
import { type BookingEvent, bookingRouting, type Step, stepOf } from './routing.js';

const { reservationId } = ids[0];
const routing = bookingRouting({ resolveAfterMs: 65_000, graceMs: 2000 });
const held = heldBy(anna, ids[0], ['A-1-1']);
const amount = Won.parse(60_000);
const order = { orderId, reservationId };
const noPoints = Won.parse(0);
const refund = { ...order, refundId: RefundId.parse('closed'), cardAmount: amount, pointAmount: noPoints };
const order2 = { ...order, pointAmount: noPoints };
const ended = ['abandon', 'resolve', 'await-deposit', 'close-deposit', 'close-order'].map((kind) => `${kind}:${orderId}`);
const nothing: Step = { want: [], settle: [] };

const payment = (event: PaymentEvent): PaymentEvent => event;
const reservation = (event: ReservationEvent): ReservationEvent => event;
const instant = (text: string): Date => new Date(`2026-05-01T${text}Z`);

const cancelSettles = [`expire:${reservationId}`, `sell:${reservationId}`, `cancel-for-show:${reservationId}`];
const cancelled = (
  cause: 'buyer' | 'show_cancelled' | 'refunded_outside',
  refund: Extract<ReservationEvent, { type: 'ReservationCancelled' }>['data']['refund'],
): ReservationEvent => ({
  type: 'ReservationCancelled',
  data: { reservationId, performanceId, cancelledAt: at('10:01'), cause, refund },
});
const release = (reason: 'cancelled' | 'refunded') =>
  ({
    kind: 'release',
    id: `release:${reservationId}`,
    dueAt: instant('10:01:00'),
    payload: { reservationId, reason },
  }) as const;
const performance = { performanceId };

const cases: readonly (readonly [BookingEvent, Step])[] = [
  [opened, nothing],
  [{ type: 'SalesCancelled', data: { performanceId, cancelledAt: at('10:00') } }, nothing],
  [{ type: 'SeatsBlocked', data: { ...performance, seatIds: [], blockedBy: anna, blockedAt: at('10:00') } }, nothing],
  [{ type: 'SeatsUnblocked', data: { ...performance, seatIds: [], unblockedBy: anna, unblockedAt: at('10:00') } }, nothing],
  [{ type: 'SectionsAdded', data: { ...performance, sections: [], addedBy: anna, addedAt: at('10:00') } }, nothing],
  [{ type: 'TicketTypeSet', data: { ...performance, ticketType: standing, setBy: anna, setAt: at('10:00') } }, nothing],
  [{ type: 'SectionPricesChanged', data: { ...performance, prices: [], changedBy: anna, changedAt: at('10:00') } }, nothing],
  [{ type: 'SaleTermsChanged', data: { ...performance, terms, changedAt: at('10:00') } }, nothing],
  [{ type: 'SalesClosed', data: { ...performance, closedBy: anna, closedAt: at('10:00') } }, nothing],
  [{ type: 'SalesReopened', data: { ...performance, reopenedBy: anna, reopenedAt: at('10:00') } }, nothing],
  [payment({ type: 'DepositReversed', data: { ...order, reversedAt: at('10:00') } }), nothing],
  [reservation({ type: 'ReservationOpened', data: { ...held.data, openedAt: at('10:00') } }), nothing],
  [
    payment({
      type: 'PaymentPrepared',
      data: {
        ...order,
        userId: anna,
        performanceId,
        amount,
        cardAmount: amount,
        pointAmount: Won.parse(0),
        orderName: 'x',
        preparedAt: at('10:00'),
      },
    }),
    nothing,
  ],
  [
    held,
    {
      want: [{ kind: 'expire', id: `expire:${reservationId}`, dueAt: instant('10:10:00'), payload: { reservationId } }],
      settle: [],
    },
  ],
  [
    reservation({ type: 'PaymentStarted', data: { ...order2, payBy: at('10:02'), startedAt: at('10:00') } }),
    { want: [{ kind: 'abandon', id: `abandon:${orderId}`, dueAt: instant('10:02:00'), payload: order }], settle: [] },
  ],
  [
    payment({
      type: 'PaymentConfirmRequested',
      data: { ...order, paymentKey: PaymentKey.parse('pk'), providerKey: 'k', requestedAt: at('10:01') },
    }),
    {
      want: [{ kind: 'resolve', id: `resolve:${orderId}`, dueAt: instant('10:02:05'), payload: order }],
      settle: [`abandon:${orderId}`],
    },
  ],
  [
    payment({
      type: 'PaymentApproved',
      data: {
        ...order,
        paymentKey: PaymentKey.parse('pk'),
        cardAmount: amount,
        pointAmount: noPoints,
        method: null,
        receiptUrl: null,
        approvedAt: at('10:01'),
      },
    }),
    {
      want: [{ kind: 'confirm', id: `confirm:${orderId}`, dueAt: instant('10:01:02'), payload: order }],
      settle: ended,
    },
  ],
  [
    payment({ type: 'PaymentDeclined', data: { ...order2, code: 'REJECT_CARD_PAYMENT', declinedAt: at('10:01') } }),
    {
      want: [
        {
          kind: 'fail-payment',
          id: `fail-payment:${orderId}`,
          dueAt: instant('10:01:02'),
          payload: { ...order2, reason: 'declined' },
        },
      ],
      settle: ended,
    },
  ],
  [
    payment({ type: 'PaymentAbandoned', data: { ...order2, abandonedAt: at('10:02') } }),
    {
      want: [
        {
          kind: 'fail-payment',
          id: `fail-payment:${orderId}`,
          dueAt: instant('10:02:00'),
          payload: { ...order2, reason: 'abandoned' },
        },
      ],
      settle: ended,
    },
  ],
  [
    reservation({ type: 'PaymentAttemptFailed', data: { ...order, reason: 'declined', failedAt: at('10:01') } }),
    { want: [], settle: [`fail-payment:${orderId}`, ...ended] },
  ],
  [
    reservation({ type: 'PaymentAttemptFailed', data: { ...order, reason: 'cancelled', failedAt: at('10:01') } }),
    {
      want: [{ kind: 'close-order', id: `close-order:${orderId}`, dueAt: instant('10:01:00'), payload: order }],
      settle: [`await-deposit:${orderId}`, `close-deposit:${orderId}`],
    },
  ],
  [
    payment({
      type: 'VirtualAccountIssued',
      data: { ...order, paymentKey: PaymentKey.parse('pk'), dueBy: at('20:00'), issuedAt: at('10:01') },
    }),
    {
      want: [
        {
          kind: 'await-deposit',
          id: `await-deposit:${orderId}`,
          dueAt: instant('10:01:02'),
          payload: { ...order, dueBy: at('20:00') },
        },
      ],
      settle: [`resolve:${orderId}`],
    },
  ],
  [
    reservation({ type: 'DepositAwaited', data: { ...order, dueBy: at('20:00'), awaitedAt: at('10:01') } }),
    {
      want: [{ kind: 'close-deposit', id: `close-deposit:${orderId}`, dueAt: instant('20:00:00'), payload: order }],
      settle: [`await-deposit:${orderId}`],
    },
  ],
  [
    reservation({ type: 'ReservationConfirmed', data: { ...order2, performanceId, confirmedAt: at('10:01') } }),
    {
      want: [{ kind: 'sell', id: `sell:${reservationId}`, dueAt: instant('10:01:00'), payload: order }],
      settle: [`confirm:${orderId}`, `expire:${reservationId}`],
    },
  ],
  [
    reservation({
      type: 'ReservationConfirmed',
      data: { ...order, pointAmount: Won.parse(5000), performanceId, confirmedAt: at('10:01') },
    }),
    {
      want: [
        { kind: 'sell', id: `sell:${reservationId}`, dueAt: instant('10:01:00'), payload: order },
        { kind: 'capture-points', id: `capture-points:${orderId}`, dueAt: instant('10:01:00'), payload: order },
      ],
      settle: [`confirm:${orderId}`, `expire:${reservationId}`],
    },
  ],
  ...(
    [
      ['buyer', 'reservation_cancelled'],
      ['show_cancelled', 'show_cancelled'],
    ] as const
  ).map(([cause, reason]): readonly [BookingEvent, Step] => [
    cancelled(cause, { orderId, amount, fee: noPoints, policyVersion: 1 }),
    {
      want: [
        release('refunded'),
        {
          kind: 'refund-order',
          id: `refund-order:${orderId}`,
          dueAt: instant('10:01:00'),
          payload: { ...order, refundId: RefundId.parse('cancelled'), amount, reason },
        },
      ],
      settle: cancelSettles,
    },
  ]),
  // nothing comes back: only the seats do
  [
    cancelled('buyer', { orderId, amount: noPoints, fee: amount, policyVersion: 1 }),
    { want: [release('refunded')], settle: cancelSettles },
  ],
  [cancelled('refunded_outside', null), { want: [release('refunded')], settle: cancelSettles }],
  [cancelled('show_cancelled', null), { want: [release('cancelled')], settle: cancelSettles }],
  [cancelled('buyer', null), { want: [release('cancelled')], settle: cancelSettles }],
  [
    reservation({ type: 'ReservationExpired', data: { reservationId, performanceId, expiredAt: at('10:10') } }),
    {
      want: [
        {
          kind: 'release',
          id: `release:${reservationId}`,
          dueAt: instant('10:10:00'),
          payload: { reservationId, reason: 'expired' },
        },
      ],
      settle: [`expire:${reservationId}`],
    },
  ],
  [
    payment({
      type: 'PaymentRefundRequested',
      data: { ...refund, reason: 'reservation_closed', providerKey: 'r', requestedAt: at('10:11') },
    }),
    {
      want: [
        { kind: 'refund', id: `refund:${orderId}`, dueAt: instant('10:11:02'), payload: { ...order, refundId: refund.refundId } },
      ],
      settle: [`confirm:${orderId}`],
    },
  ],
  [
    payment({ type: 'PaymentRefunded', data: { ...refund, transactionKey: null, refundedAt: at('10:12') } }),
    { want: [], settle: [`refund:${orderId}`] },
  ],
  [
    payment({
      type: 'PaymentRefunded',
      data: { ...refund, refundId: RefundId.parse('cancelled'), transactionKey: null, refundedAt: at('10:12') },
    }),
    { want: [], settle: [`refund:${orderId}:cancelled`, `refund-order:${orderId}`] },
  ],
  [
    { type: 'SeatsSold', data: { performanceId, reservationId, orderId, soldAt: at('10:02') } },
    { want: [], settle: [`sell:${reservationId}`] },
  ],
  [
    { type: 'SeatsReleased', data: { performanceId, reservationId, reason: 'expired', releasedAt: at('10:11') } },
    { want: [], settle: [`release:${reservationId}`] },
  ],
];

describe('the booking process', () => {
  it.each(cases)('after $type', (event, step) => expect(stepOf(routing, event)).toEqual(step));
  it('has a case here for every event it routes', () =>
    expect(new Set(cases.map(([event]) => event.type))).toEqual(new Set(Object.keys(routing))));
});
