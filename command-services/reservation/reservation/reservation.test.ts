import { describe, expect, it } from '@jest/globals';
import { DEFAULT_REFUND_POLICY } from '@tiketi/shared-kernel/contracts/events/refund-policy.js';
import type { ReservationEvent } from '@tiketi/shared-kernel/contracts/events/reservation.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import { fold } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { given } from '@tiketi/shared-kernel/event-sourcing/testing/scenario.js';
import { anna, at, heldBy, ids, orderId, otherOrderId, performanceId, scheduled } from '../testing/facts.js';
import { awaitDeposit } from './await-deposit.js';
import { cancelForShow } from './cancel-for-show.js';
import { cancelReservation } from './cancel-reservation.js';
import { confirmReservation } from './confirm-reservation.js';
import { expireReservation } from './expire-reservation.js';
import { failPayment } from './fail-payment.js';
import { openedFrom } from './opening.js';
import { refundedOutside } from './refunded-outside.js';
import { reservation } from './reservation.js';
import { startPayment } from './start-payment.js';

const held = heldBy(anna, ids[0], ['A-1-1', 'A-1-2']).data;
const { reservationId } = ids[0];
const payWithinMs = 90_000;
const pointAmount = Won.parse(20_000);
const opened: ReservationEvent = { type: 'ReservationOpened', data: { ...held, openedAt: at('10:01') } };
const started: ReservationEvent = {
  type: 'PaymentStarted',
  data: {
    reservationId,
    orderId,
    pointAmount,
    payBy: at('10:01').replace('10:01:00', '10:02:30') as never,
    startedAt: at('10:01'),
  },
};
const startedLater = (clock: string): ReservationEvent => ({
  type: 'PaymentStarted',
  data: { reservationId, orderId: otherOrderId, pointAmount: Won.parse(0), payBy: at(clock), startedAt: at(clock) },
});
const failed: ReservationEvent = {
  type: 'PaymentAttemptFailed',
  data: { reservationId, orderId, reason: 'declined', failedAt: at('10:02') },
};
const confirmed: ReservationEvent = {
  type: 'ReservationConfirmed',
  data: { reservationId, performanceId, orderId, pointAmount, confirmedAt: at('10:02') },
};
const confirmedByAnother: ReservationEvent = {
  type: 'ReservationConfirmed',
  data: { reservationId, performanceId, orderId: otherOrderId, pointAmount: Won.parse(0), confirmedAt: at('10:04') },
};
const cancelled: ReservationEvent = {
  type: 'ReservationCancelled',
  data: { reservationId, performanceId, cancelledAt: at('10:02'), cause: 'buyer', refund: null },
};
const dueBy = Instant.parse('2026-05-01T20:00:00Z');
const awaited: ReservationEvent = { type: 'DepositAwaited', data: { reservationId, orderId, dueBy, awaitedAt: at('10:02') } };
const cancelledAs = (
  cause: 'buyer' | 'show_cancelled' | 'refunded_outside',
  refund: Extract<ReservationEvent, { type: 'ReservationCancelled' }>['data']['refund'],
  clock = '10:02',
): ReservationEvent => ({
  type: 'ReservationCancelled',
  data: { reservationId, performanceId, cancelledAt: at(clock), cause, refund },
});
const givenUp: ReservationEvent = {
  type: 'PaymentAttemptFailed',
  data: { reservationId, orderId, reason: 'cancelled', failedAt: at('10:02') },
};
const expired: ReservationEvent = { type: 'ReservationExpired', data: { reservationId, performanceId, expiredAt: at('10:10') } };

describe('opening from the hold', () => {
  const start = startPayment({ orderId, amount: held.totalAmount, pointAmount, now: at('10:01'), payWithinMs });
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
      .when(
        openedFrom(
          held,
          at('10:01'),
          startPayment({ orderId, amount: Won.parse(1), pointAmount, now: at('10:01'), payWithinMs }),
        ),
      )
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
  const start = (now = at('10:01')) => startPayment({ orderId, amount: held.totalAmount, pointAmount, now, payWithinMs });
  it('gives it 90 seconds', () => given(reservation, opened).when(start()).accepts(payByFixed(started)));
  it('is done once', () =>
    given(reservation, opened, started)
      .when(start(at('10:03')))
      .changesNothing());
  it('needs a reservation', () => given(reservation).when(start()).refuses('ReservationNotFound'));
  it('refuses another amount', () =>
    given(reservation, opened)
      .when(startPayment({ orderId, amount: Won.parse(1000), pointAmount, now: at('10:01'), payWithinMs }))
      .refuses('AmountMismatch'));
  it('refuses at the very end of the hold', () =>
    given(reservation, opened)
      .when(start(at('10:10')))
      .refuses('ReservationExpired'));
  it('refuses an expired one', () => given(reservation, opened, expired).when(start()).refuses('ReservationExpired'));
  it('refuses a cancelled one', () => given(reservation, opened, cancelled).when(start()).refuses('ReservationCancelled'));
  it('finds the order that paid done', () => given(reservation, opened, started, confirmed).when(start()).changesNothing());
  it('refuses a second order for a confirmed one', () =>
    given(reservation, opened, started, confirmed)
      .when(startPayment({ orderId: otherOrderId, amount: held.totalAmount, pointAmount, now: at('10:02'), payWithinMs }))
      .refuses('AlreadyConfirmed'));
  it('finds the order whose deposit is awaited done', () =>
    given(reservation, opened, started, awaited).when(start()).changesNothing());
  it('has one open order at a time', () =>
    given(reservation, opened, started)
      .when(startPayment({ orderId: otherOrderId, amount: held.totalAmount, pointAmount, now: at('10:02'), payWithinMs }))
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
  it.each([
    ['expired', [expired]],
    ['cancelled for the show', [givenUp, cancelledAs('show_cancelled', null)]],
    ['confirmed by another order', [failed, startedLater('10:03'), confirmedByAnother]],
  ])('leaves one alone that was %s', (_, since) =>
    given(reservation, opened, started, ...since)
      .when(fail())
      .changesNothing(),
  );
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
  it('refuses one that was cancelled meanwhile', () =>
    given(reservation, opened, started, awaited, givenUp, cancelled).when(confirm).refuses('NotPaying'));
  it('refuses a paid one that was given up', () =>
    given(reservation, opened, started, confirmed, cancelledAs('refunded_outside', null)).when(confirm).refuses('NotPaying'));
  it('refuses the charge of another order', () =>
    given(reservation, opened, started, failed, startedLater('10:03')).when(confirm).refuses('PaidByAnother'));
  it('refuses a second charge', () =>
    given(reservation, opened, started, confirmed)
      .when(confirmReservation({ orderId: otherOrderId, now: at('10:03') }))
      .refuses('PaidByAnother'));
});

describe('cancelling', () => {
  const terms = { policy: DEFAULT_REFUND_POLICY, startsAt: scheduled.startsAt };
  const cancel = cancelReservation({ ...terms, now: at('10:02') });
  it('gives the seats up', () => given(reservation, opened).when(cancel).accepts(cancelled));
  it('is done once', () => given(reservation, opened, cancelled).when(cancel).changesNothing());
  it('needs a reservation', () => given(reservation).when(cancel).refuses('ReservationNotFound'));
  it('waits for a payment under way', () => given(reservation, opened, started).when(cancel).refuses('PaymentInProgress'));
  it('refuses an expired one', () => given(reservation, opened, expired).when(cancel).refuses('ReservationExpired'));
  it('closes the order whose deposit is awaited', () =>
    given(reservation, opened, started, awaited).when(cancel).accepts(givenUp, cancelledAs('buyer', null)));
  it('gives a paid one back by the policy: all of it on the day of the booking', () =>
    given(reservation, opened, started, confirmed)
      .when(cancel)
      .accepts(cancelledAs('buyer', { orderId, amount: held.totalAmount, fee: Won.parse(0), policyVersion: 1 })));
  it('keeps the fee of the day it is given up on', () => {
    const now = Instant.parse('2026-05-27T01:00:00Z');
    const refund = { orderId, amount: Won.parse(96_000), fee: Won.parse(24_000), policyVersion: 1 };
    given(reservation, opened, started, confirmed)
      .when(cancelReservation({ ...terms, now }))
      .accepts({
        type: 'ReservationCancelled',
        data: { reservationId, performanceId, cancelledAt: now, cause: 'buyer', refund },
      });
  });
  it('is over once the performance has begun', () =>
    given(reservation, opened, started, confirmed)
      .when(cancelReservation({ ...terms, now: scheduled.startsAt }))
      .refuses('CancellationClosed'));
});

describe('a show that does not take place', () => {
  const cancel = cancelForShow({ now: at('10:02') });
  const all = { orderId, amount: held.totalAmount, fee: Won.parse(0), policyVersion: 1 };
  it('ends what is unpaid', () => given(reservation, opened).when(cancel).accepts(cancelledAs('show_cancelled', null)));
  it.each([[[started]], [[started, awaited]]])('closes an order under way (%#)', (history) =>
    given(reservation, opened, ...history)
      .when(cancel)
      .accepts(givenUp, cancelledAs('show_cancelled', null)),
  );
  it('gives what was paid back in full', () =>
    given(reservation, opened, started, confirmed).when(cancel).accepts(cancelledAs('show_cancelled', all)));
  it('is done once', () =>
    given(reservation, opened, started, confirmed, cancelledAs('show_cancelled', all)).when(cancel).changesNothing());
  it('finds an expired one ended', () => given(reservation, opened, expired).when(cancel).changesNothing());
  it('needs a reservation', () => given(reservation).when(cancel).refuses('ReservationNotFound'));
});

describe('a charge that went back without our asking', () => {
  const end = refundedOutside({ orderId, now: at('10:02') });
  it('ends the booking', () =>
    given(reservation, opened, started, confirmed).when(end).accepts(cancelledAs('refunded_outside', null)));
  it('is done once', () =>
    given(reservation, opened, started, confirmed, cancelledAs('refunded_outside', null)).when(end).changesNothing());
  it('leaves a booking alone that another order paid', () =>
    given(reservation, opened, started, confirmed)
      .when(refundedOutside({ orderId: otherOrderId, now: at('10:02') }))
      .changesNothing());
  it('needs a reservation', () => given(reservation).when(end).refuses('ReservationNotFound'));
});

describe('awaiting a deposit', () => {
  const wait = (by = dueBy, order = orderId) => awaitDeposit({ orderId: order, dueBy: by, now: at('10:02') });
  it('waits until the account closes', () => given(reservation, opened, started).when(wait()).accepts(awaited));
  it('waits no longer than the show allows', () =>
    given(reservation, opened, started)
      .when(wait(Instant.parse('2026-05-09T10:00:00Z')))
      .accepts({ type: 'DepositAwaited', data: { reservationId, orderId, dueBy: held.depositUntil, awaitedAt: at('10:02') } }));
  it('is done once', () => given(reservation, opened, started, awaited).when(wait()).changesNothing());
  it('matters no more once it is paid', () =>
    given(reservation, opened, started, awaited, confirmed).when(wait()).changesNothing());
  it('needs a reservation', () => given(reservation).when(wait()).refuses('ReservationNotFound'));
  it('needs a payment under way', () => given(reservation, opened).when(wait()).refuses('NotPaying'));
  it('is of the order that pays', () =>
    given(reservation, opened, started).when(wait(dueBy, otherOrderId)).refuses('PaidByAnother'));
  it('is of the order that waits', () =>
    given(reservation, opened, started, awaited).when(wait(dueBy, otherOrderId)).refuses('PaidByAnother'));
  it('is refused once the reservation has ended', () => {
    given(reservation, opened, started, expired).when(wait()).refuses('NotPaying');
    given(reservation, opened, started, givenUp, cancelled).when(wait()).refuses('NotPaying');
    given(reservation, opened, started, confirmed).when(wait(dueBy, otherOrderId)).refuses('PaidByAnother');
  });
  it('is refused where the show offers none', () => {
    const without: ReservationEvent = {
      type: 'ReservationOpened',
      data: { ...held, depositUntil: held.holdUntil, openedAt: at('10:01') },
    };
    given(reservation, without, started).when(wait()).refuses('DepositNotOffered');
  });
  it('is confirmed when the money comes, with its points', () =>
    given(reservation, opened, started, awaited)
      .when(confirmReservation({ orderId, now: at('10:02') }))
      .accepts(confirmed));
  it('ends with the hold long over', () => {
    const now = Instant.parse('2026-05-01T20:00:00Z');
    given(reservation, opened, started, awaited)
      .when(failPayment({ orderId, reason: 'declined', now }))
      .accepts(
        { type: 'PaymentAttemptFailed', data: { reservationId, orderId, reason: 'declined', failedAt: now } },
        { type: 'ReservationExpired', data: { reservationId, performanceId, expiredAt: now } },
      );
  });
  it('is not expired before 15 minutes past its due date', () => {
    const expire = (text: string) =>
      given(reservation, opened, started, awaited).when(expireReservation({ now: Instant.parse(text) }));
    expire('2026-05-01T20:14:59Z').refuses('PaymentInProgress');
    expire('2026-05-01T20:15:00Z').accepts({
      type: 'ReservationExpired',
      data: { reservationId, performanceId, expiredAt: Instant.parse('2026-05-01T20:15:00Z') },
    });
  });
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
  it('leaves a payment begun at the end of an hour-long hold the time to end', () => {
    const long: ReservationEvent = {
      type: 'ReservationOpened',
      data: { ...held, holdUntil: at('11:00'), openedAt: at('10:01') },
    };
    const late: ReservationEvent = {
      type: 'PaymentStarted',
      data: { reservationId, orderId, pointAmount, payBy: at('11:01'), startedAt: at('10:59') },
    };
    const paying = given(reservation, long, late);
    paying.when(expire(at('11:00'))).refuses('PaymentInProgress');
    paying.when(expire(at('11:04'))).refuses('PaymentInProgress');
    paying
      .when(expire(at('11:05')))
      .accepts({ type: 'ReservationExpired', data: { reservationId, performanceId, expiredAt: at('11:05') } });
  });
});

describe('folding odd histories', () => {
  it.each([started, awaited, failed, confirmed, cancelled, expired])('$type before the opening changes nothing', (event) => {
    expect(fold(reservation, [event])).toEqual({ status: 'unopened' });
  });
});
