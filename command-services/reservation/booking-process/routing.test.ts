import { describe, expect, it } from '@jest/globals';
import type { PaymentEvent } from '@tiketi/shared-kernel/contracts/events/payment.js';
import type { ReservationEvent } from '@tiketi/shared-kernel/contracts/events/reservation.js';
import { PaymentKey } from '@tiketi/shared-kernel/contracts/ids.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { anna, at, heldBy, ids, opened, orderId, performanceId } from '../testing/facts.js';
import { type BookingEvent, bookingRouting, type Step, stepOf } from './routing.js';

const { reservationId } = ids[0];
const routing = bookingRouting({ resolveAfterMs: 65_000, graceMs: 2000 });
const held = heldBy(anna, ids[0], ['A-1-1']);
const amount = Won.parse(60_000);
const order = { orderId, reservationId };
const nothing: Step = { want: [], settle: [] };

const payment = (event: PaymentEvent): PaymentEvent => event;
const reservation = (event: ReservationEvent): ReservationEvent => event;
const instant = (text: string): Date => new Date(`2026-05-01T${text}Z`);

const cases: readonly (readonly [BookingEvent, Step])[] = [
  [opened, nothing],
  [{ type: 'SalesCancelled', data: { performanceId, cancelledAt: at('10:00') } }, nothing],
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
    reservation({ type: 'PaymentStarted', data: { ...order, payBy: at('10:02'), startedAt: at('10:00') } }),
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
        method: null,
        receiptUrl: null,
        approvedAt: at('10:01'),
      },
    }),
    {
      want: [{ kind: 'confirm', id: `confirm:${orderId}`, dueAt: instant('10:01:02'), payload: order }],
      settle: [`resolve:${orderId}`],
    },
  ],
  [
    payment({ type: 'PaymentDeclined', data: { ...order, code: 'REJECT_CARD_PAYMENT', declinedAt: at('10:01') } }),
    {
      want: [
        {
          kind: 'fail-payment',
          id: `fail-payment:${orderId}`,
          dueAt: instant('10:01:02'),
          payload: { ...order, reason: 'declined' },
        },
      ],
      settle: [`resolve:${orderId}`],
    },
  ],
  [
    payment({ type: 'PaymentAbandoned', data: { ...order, abandonedAt: at('10:02') } }),
    {
      want: [
        {
          kind: 'fail-payment',
          id: `fail-payment:${orderId}`,
          dueAt: instant('10:02:00'),
          payload: { ...order, reason: 'abandoned' },
        },
      ],
      settle: [`abandon:${orderId}`],
    },
  ],
  [
    reservation({ type: 'PaymentAttemptFailed', data: { ...order, reason: 'declined', failedAt: at('10:01') } }),
    { want: [], settle: [`fail-payment:${orderId}`, `abandon:${orderId}`] },
  ],
  [
    reservation({ type: 'ReservationConfirmed', data: { ...order, performanceId, confirmedAt: at('10:01') } }),
    {
      want: [{ kind: 'sell', id: `sell:${reservationId}`, dueAt: instant('10:01:00'), payload: order }],
      settle: [`confirm:${orderId}`, `expire:${reservationId}`],
    },
  ],
  [
    reservation({ type: 'ReservationCancelled', data: { reservationId, performanceId, cancelledAt: at('10:01') } }),
    {
      want: [
        {
          kind: 'release',
          id: `release:${reservationId}`,
          dueAt: instant('10:01:00'),
          payload: { reservationId, reason: 'cancelled' },
        },
      ],
      settle: [`expire:${reservationId}`],
    },
  ],
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
      data: { ...order, amount, reason: 'reservation_closed', providerKey: 'r', requestedAt: at('10:11') },
    }),
    {
      want: [{ kind: 'refund', id: `refund:${orderId}`, dueAt: instant('10:11:02'), payload: order }],
      settle: [`confirm:${orderId}`],
    },
  ],
  [
    payment({ type: 'PaymentRefunded', data: { ...order, amount, transactionKey: null, refundedAt: at('10:12') } }),
    { want: [], settle: [`refund:${orderId}`] },
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
