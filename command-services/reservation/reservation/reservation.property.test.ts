import { describe, expect, it } from '@jest/globals';
import { DEFAULT_REFUND_POLICY } from '@tiketi/shared-kernel/contracts/events/refund-policy.js';
import type { ReservationEvent } from '@tiketi/shared-kernel/contracts/events/reservation.js';
import { OrderId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { type Instant, instantOf } from '@tiketi/shared-kernel/contracts/time.js';
import { type Decide, fold } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import fc from 'fast-check';
import { anna, heldBy, ids, scheduled } from '../testing/facts.js';
import { awaitDeposit } from './await-deposit.js';
import { cancelForShow } from './cancel-for-show.js';
import { cancelReservation } from './cancel-reservation.js';
import { confirmReservation } from './confirm-reservation.js';
import { expireReservation } from './expire-reservation.js';
import { failPayment } from './fail-payment.js';
import { openedFrom } from './opening.js';
import { refundedOutside } from './refunded-outside.js';
import { type Reservation, reservation } from './reservation.js';
import { startPayment } from './start-payment.js';

const DEEP = process.env.TIKETI_DEEP === '1';
const SEED = Number(process.env.TIKETI_SEED ?? Date.now() % 2 ** 31);

const held = heldBy(anna, ids[0], ['A-1-1', 'A-1-2']).data;
const HELD_AT = Date.parse(held.heldAt);
const MINUTE = 60_000;

/** Few orders, so that they get in each other's way; time goes on in leaps past every limit there is. */
const asked = fc.record({
  kind: fc.constantFrom(
    ...(['start', 'start', 'start', 'confirm', 'confirm', 'fail', 'await-deposit', 'expire', 'cancel'] as const),
    ...(['cancel-for-show', 'refunded-outside'] as const),
  ),
  order: fc.integer({ min: 1, max: 3 }),
  reason: fc.constantFrom('declined', 'abandoned'),
  after: fc.constantFrom(0, 1000, MINUTE, MINUTE, 5 * MINUTE, 16 * MINUTE, 30 * 60 * MINUTE),
});
type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never;

const orderOf = (n: number): OrderId => OrderId.parse(`ord-00000${n}`);
const pointsOf = (n: number): Won => Won.parse(n * 10_000);

const decisionOf = ({ kind, order, reason }: Asked, now: Instant): Decide<Reservation, ReservationEvent, string> => {
  const orderId = orderOf(order);
  switch (kind) {
    case 'start':
      return startPayment({ orderId, amount: held.totalAmount, pointAmount: pointsOf(order), now, payWithinMs: 90_000 });
    case 'confirm':
      return confirmReservation({ orderId, now });
    case 'fail':
      return failPayment({ orderId, reason, now });
    case 'await-deposit':
      return awaitDeposit({ orderId, dueBy: instantOf(Date.parse(now) + 600 * MINUTE), now });
    case 'expire':
      return expireReservation({ now });
    case 'cancel':
      return cancelReservation({ policy: DEFAULT_REFUND_POLICY, startsAt: scheduled.startsAt, now });
    case 'cancel-for-show':
      return cancelForShow({ now });
    case 'refunded-outside':
      return refundedOutside({ orderId, now });
  }
};

/** Every command in its turn, each asked again at once. */
const historyOf = (all: readonly Asked[]): ReservationEvent[] => {
  const history: ReservationEvent[] = [];
  let now = HELD_AT;
  for (const one of all) {
    now += one.after;
    const at = instantOf(now);
    const decide = openedFrom(held, at, decisionOf(one, at));
    const decision = decide(fold(reservation, history));
    if ('accepted' in decision) history.push(...decision.accepted);
    expect(decide(fold(reservation, history))).toEqual('accepted' in decision ? { accepted: [] } : decision);
  }
  return history;
};

/** What a booking's life promises, told from its events alone. */
const brokenPromises = (history: readonly ReservationEvent[]): string[] => {
  const broken: string[] = [];
  const closed = new Set<string>();
  let open: { readonly orderId: string; readonly points: number; readonly until: number } | undefined;
  let paidBy: string | undefined;
  let ended: string | undefined;
  const close = (orderId: string, what: string): void => {
    if (open?.orderId !== orderId) broken.push(`${what} of ${orderId} while ${open?.orderId ?? 'no order'} is open`);
    open = undefined;
  };
  for (const [index, { type, data }] of history.entries()) {
    if ((type === 'ReservationOpened') !== (index === 0)) broken.push(`${type} is event ${index}`);
    if (ended !== undefined) broken.push(`${type} after ${ended}`);
    if (paidBy !== undefined && type !== 'ReservationCancelled') broken.push(`${type} after it was paid`);
    switch (type) {
      case 'ReservationOpened':
        break;
      case 'PaymentStarted':
        if (open !== undefined) broken.push(`${data.orderId} is started beside ${open.orderId}`);
        if (closed.has(data.orderId)) broken.push(`${data.orderId} is started again`);
        if (Date.parse(data.startedAt) >= Date.parse(held.holdUntil)) broken.push('a payment is started after the hold');
        open = { orderId: data.orderId, points: data.pointAmount, until: HELD_AT + 15 * MINUTE };
        break;
      case 'DepositAwaited':
        if (open?.orderId !== data.orderId) broken.push(`a deposit of ${data.orderId} is awaited`);
        if (Date.parse(data.dueBy) > Date.parse(held.depositUntil)) broken.push('a deposit is awaited for too long');
        if (open !== undefined) open = { ...open, until: Date.parse(data.dueBy) + 15 * MINUTE };
        break;
      case 'PaymentAttemptFailed':
        close(data.orderId, type);
        closed.add(data.orderId);
        break;
      case 'ReservationConfirmed':
        if (data.pointAmount !== open?.points) broken.push(`${data.pointAmount} points are told of instead of ${open?.points}`);
        close(data.orderId, type);
        paidBy = data.orderId;
        break;
      case 'ReservationCancelled': {
        const { cause, refund } = data;
        if (open !== undefined) broken.push('cancelled with an open order');
        if (refund !== null && refund.orderId !== paidBy) broken.push(`${refund.orderId} is given back, and ${paidBy} had paid`);
        if (refund === null && paidBy !== undefined && cause !== 'refunded_outside') broken.push('paid, and nothing comes back');
        if (refund !== null && refund.amount + refund.fee !== held.totalAmount) broken.push('a refund does not add up');
        if (cause === 'show_cancelled' && refund !== null && refund.fee > 0) broken.push('a fee for a show that was called off');
        ended = type;
        break;
      }
      case 'ReservationExpired': {
        const at = Date.parse(data.expiredAt);
        if (at < Date.parse(held.holdUntil)) broken.push('expired before its time');
        if (open !== undefined && at < open.until) broken.push('expired while a payment was under way');
        ended = type;
      }
    }
  }
  return broken;
};

const life = fc.array(asked, { maxLength: 30, size: 'max' });

describe('a booking, whatever is asked of it in whatever order', () => {
  it('breaks no promise, and does nothing twice', () => {
    fc.assert(
      fc.property(life, (all) => {
        expect(brokenPromises(historyOf(all))).toEqual([]);
      }),
      { numRuns: DEEP ? 50_000 : 1500, seed: SEED },
    );
  });

  it('is asked enough for that to mean something', () => {
    const seen = new Set(fc.sample(life, { numRuns: 500, seed: 7 }).flatMap((all) => historyOf(all).map(({ type }) => type)));
    expect([...seen].sort()).toEqual(Object.keys(reservation.evolve).sort());
  });
});
