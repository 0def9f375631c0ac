import { describe, expect, it } from '@jest/globals';
import type { ReservationEvent } from '@tiketi/shared-kernel/contracts/events/reservation.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { fold } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { given } from '@tiketi/shared-kernel/event-sourcing/testing/scenario.js';
import { anna, at, heldBy, ids, orderId, otherOrderId, performanceId } from '../testing/facts.js';
import { cancelReservation } from './cancel-reservation.js';
import { confirmReservation } from './confirm-reservation.js';
import { expireReservation } from './expire-reservation.js';
import { failPayment } from './fail-payment.js';
import { openedFrom } from './opening.js';
import { reservation } from './reservation.js';
import { startPayment } from './start-payment.js';

const held = heldBy(anna, ids[0], ['A-1-1', 'A-1-2']).data;
const { reservationId } = ids[0];
const payWithinMs = 90_000;
const opened: ReservationEvent = { type: 'ReservationOpened', data: { ...held, openedAt: at('10:01') } };
const started: ReservationEvent = {
  type: 'PaymentStarted',
  data: { reservationId, orderId, payBy: at('10:01').replace('10:01:00', '10:02:30') as never, startedAt: at('10:01') },
};
const startedLater = (clock: string): ReservationEvent => ({
  type: 'PaymentStarted',
  data: { reservationId, orderId: otherOrderId, payBy: at(clock), startedAt: at(clock) },
});
const failed: ReservationEvent = {
  type: 'PaymentAttemptFailed',
  data: { reservationId, orderId, reason: 'declined', failedAt: at('10:02') },
};
const confirmed: ReservationEvent = {
  type: 'ReservationConfirmed',
  data: { reservationId, performanceId, orderId, confirmedAt: at('10:02') },
};
const cancelled: ReservationEvent = {
  type: 'ReservationCancelled',
  data: { reservationId, performanceId, cancelledAt: at('10:02') },
};
const expired: ReservationEvent = { type: 'ReservationExpired', data: { reservationId, performanceId, expiredAt: at('10:10') } };

describe('opening from the hold', () => {
  const start = startPayment({ orderId, amount: held.totalAmount, now: at('10:01'), payWithinMs });
  it('opens and decides in one append', () =>
    given(reservation)
      .when(openedFrom(held, at('10:01'), start))
      .accepts(opened, payByFixed(started)));
  it('decides alone once open', () =>
    given(reservation, opened)
      .when(openedFrom(held, at('10:05'), start))
      .accepts(payByFixed(started)));
  it('opens nothing for a refusal', () =>
    given(reservation)
      .when(openedFrom(held, at('10:01'), startPayment({ orderId, amount: Won.parse(1), now: at('10:01'), payWithinMs })))
      .refuses('AmountMismatch'));
  it('opens nothing where nothing is to be done', () =>
    given(reservation)
      .when(openedFrom(held, at('10:01'), failPayment({ orderId, reason: 'declined', now: at('10:01') })))
      .changesNothing());
});

const payByFixed = (event: ReservationEvent): ReservationEvent => {
  if (event.type !== 'PaymentStarted') return event;
  return { ...event, data: { ...event.data, payBy: '2026-05-01T10:02:30.000Z' as never } };
};

describe('starting a payment', () => {
  const start = (now = at('10:01')) => startPayment({ orderId, amount: held.totalAmount, now, payWithinMs });
  it('gives it 90 seconds', () => given(reservation, opened).when(start()).accepts(payByFixed(started)));
  it('is done once', () =>
    given(reservation, opened, started)
      .when(start(at('10:03')))
      .changesNothing());
  it('needs a reservation', () => given(reservation).when(start()).refuses('ReservationNotFound'));
  it('refuses another amount', () =>
    given(reservation, opened)
      .when(startPayment({ orderId, amount: Won.parse(1000), now: at('10:01'), payWithinMs }))
      .refuses('AmountMismatch'));
  it('refuses at the very end of the hold', () =>
    given(reservation, opened)
      .when(start(at('10:10')))
      .refuses('ReservationExpired'));
  it('refuses an expired one', () => given(reservation, opened, expired).when(start()).refuses('ReservationExpired'));
  it('refuses a cancelled one', () => given(reservation, opened, cancelled).when(start()).refuses('ReservationCancelled'));
  it('refuses a confirmed one', () => given(reservation, opened, started, confirmed).when(start()).refuses('AlreadyConfirmed'));
  it('has one open order at a time', () =>
    given(reservation, opened, started)
      .when(startPayment({ orderId: otherOrderId, amount: held.totalAmount, now: at('10:02'), payWithinMs }))
      .refuses('AnotherPaymentOpen'));
  it('never starts a failed order again', () =>
    given(reservation, opened, started, failed)
      .when(start(at('10:03')))
      .refuses('OrderClosed'));
});

describe('a payment that fails', () => {
  const fail = (now = at('10:02')) => failPayment({ orderId, reason: 'declined', now });
  it('returns the reservation to pending', () => given(reservation, opened, started).when(fail()).accepts(failed));
  it('does so once', () => given(reservation, opened, started, failed).when(fail()).changesNothing());
  it('expires it where the hold ran out meanwhile', () =>
    given(reservation, opened, started)
      .when(fail(at('10:10')))
      .accepts({ ...failed, data: { ...failed.data, failedAt: at('10:10') } } as ReservationEvent, expired));
  it('leaves the next order alone', () =>
    given(reservation, opened, started, failed, startedLater('10:03'))
      .when(fail(at('10:04')))
      .changesNothing());
  it('cannot undo a confirmation', () => given(reservation, opened, started, confirmed).when(fail()).refuses('AlreadyConfirmed'));
  it('needs a reservation', () => given(reservation).when(fail()).refuses('ReservationNotFound'));
});

describe('confirming', () => {
  const confirm = confirmReservation({ orderId, now: at('10:02') });
  it('is the commit point', () => given(reservation, opened, started).when(confirm).accepts(confirmed));
  it('is done once', () => given(reservation, opened, started, confirmed).when(confirm).changesNothing());
  it('needs a reservation', () => given(reservation).when(confirm).refuses('ReservationNotFound'));
  it('needs a payment under way', () => given(reservation, opened).when(confirm).refuses('NotPaying'));
  it('refuses an expired one', () => given(reservation, opened, started, expired).when(confirm).refuses('NotPaying'));
  it('refuses the charge of another order', () =>
    given(reservation, opened, started, failed, startedLater('10:03')).when(confirm).refuses('PaidByAnother'));
  it('refuses a second charge', () =>
    given(reservation, opened, started, confirmed)
      .when(confirmReservation({ orderId: otherOrderId, now: at('10:03') }))
      .refuses('PaidByAnother'));
});

describe('cancelling before payment', () => {
  const cancel = cancelReservation({ now: at('10:02') });
  it('gives the seats up', () => given(reservation, opened).when(cancel).accepts(cancelled));
  it('is done once', () => given(reservation, opened, cancelled).when(cancel).changesNothing());
  it('needs a reservation', () => given(reservation).when(cancel).refuses('ReservationNotFound'));
  it('waits for a payment under way', () => given(reservation, opened, started).when(cancel).refuses('PaymentInProgress'));
  it('refuses a paid one', () => given(reservation, opened, started, confirmed).when(cancel).refuses('AlreadyConfirmed'));
  it('refuses an expired one', () => given(reservation, opened, expired).when(cancel).refuses('ReservationExpired'));
});

describe('expiring', () => {
  const expire = (now = at('10:10')) => expireReservation({ now });
  it('ends an unpaid hold at its time', () => given(reservation, opened).when(expire()).accepts(expired));
  it.each([expired, cancelled])('finds it closed after $type', (event) =>
    given(reservation, opened, event).when(expire()).changesNothing(),
  );
  it('leaves a confirmed one alone', () => given(reservation, opened, started, confirmed).when(expire()).changesNothing());
  it('needs a reservation', () => given(reservation).when(expire()).refuses('ReservationNotFound'));
  it('is not due before', () =>
    given(reservation, opened)
      .when(expire(at('10:09')))
      .refuses('NotDue'));
  it('waits for a payment under way', () => given(reservation, opened, started).when(expire()).refuses('PaymentInProgress'));
  it('waits at most until 15 minutes after the hold', () =>
    given(reservation, opened, started)
      .when(expire(at('10:15')))
      .accepts({ ...expired, data: { ...expired.data, expiredAt: at('10:15') } } as ReservationEvent));
});

describe('folding odd histories', () => {
  it.each([started, failed, confirmed, cancelled, expired])('$type before the opening changes nothing', (event) => {
    expect(fold(reservation, [event])).toEqual({ status: 'unopened' });
  });
});
