import { describe, it } from '@jest/globals';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { given } from '@tiketi/shared-kernel/event-sourcing/testing/scenario.js';
import { capturePoints } from './capture-points.js';
import { chargePoints } from './charge-points.js';
import { holdPoints } from './hold-points.js';
import { points } from './points.js';
import { refundPoints } from './refund-points.js';
import { anna, at, captured, charged, chargeIdOf, held, orderIdOf, refunded, refundIdOf, voided } from './testing/facts.js';
import { voidHold } from './void-hold.js';

const won = (amount: number) => Won.parse(amount);
const topUp = chargeIdOf(1);
const order = orderIdOf(1);
const other = orderIdOf(2);
const rich = charged(topUp, 10_000);

const charge = (amount: number, orderId = topUp) => chargePoints({ orderId, userId: anna, amount: won(amount), now: at });
const hold = (amount: number, orderId = order) => holdPoints({ orderId, userId: anna, amount: won(amount), now: at });
const capture = (orderId = order) => capturePoints({ orderId, userId: anna, now: at });
const free = (orderId = order) => voidHold({ orderId, userId: anna, now: at });
const refund = (amount: number, n = 1, orderId = order) =>
  refundPoints({ orderId, userId: anna, refundId: refundIdOf(n), amount: won(amount), now: at });

describe('charging points', () => {
  it('credits what was paid', () => given(points).when(charge(10_000)).accepts(charged(topUp, 10_000)));
  it('credits an order once', () => given(points, rich).when(charge(10_000)).changesNothing());
  it('credits another order beside it', () =>
    given(points, rich)
      .when(charge(5000, chargeIdOf(2)))
      .accepts(charged(chargeIdOf(2), 5000)));
  it('refuses the order with another amount', () => given(points, rich).when(charge(20_000)).refuses('OrderMismatch'));
  it('refuses an order that has spent points', () =>
    given(points, rich, held(order, 1000)).when(charge(1000, order)).refuses('OrderMismatch'));
  it('refuses what could not be counted exactly any more', () =>
    given(points, charged(topUp, Number.MAX_SAFE_INTEGER - 5))
      .when(charge(10, chargeIdOf(2)))
      .refuses('BalanceTooLarge'));
});

describe('holding points', () => {
  it('sets them aside', () => given(points, rich).when(hold(10_000)).accepts(held(order, 10_000)));
  it('holds for an order once', () => given(points, rich, held(order, 7000)).when(hold(7000)).changesNothing());
  it('is done where the order has spent them already', () =>
    given(points, rich, held(order, 7000), captured(order, 7000)).when(hold(7000)).changesNothing());
  it('needs no points for an order without', () => given(points).when(hold(0)).changesNothing());
  it('refuses more than there are', () => given(points, rich).when(hold(10_001)).refuses('InsufficientPoints'));
  it('does not count what another order holds', () =>
    given(points, rich, held(other, 3001)).when(hold(7000)).refuses('InsufficientPoints'));
  it('counts what was freed and what was given back', () =>
    given(
      points,
      rich,
      held(other, 4000),
      voided(other, 4000),
      held(orderIdOf(3), 5000),
      captured(orderIdOf(3), 5000),
      refunded(orderIdOf(3), refundIdOf(1), 2000),
    )
      .when(hold(7000))
      .accepts(held(order, 7000)));
  it('refuses an order that was voided, even one that never held', () => {
    given(points, rich, voided(order, 0)).when(hold(1000)).refuses('OrderClosed');
    given(points, rich, held(order, 1000), voided(order, 1000)).when(hold(1000)).refuses('OrderClosed');
  });
  it('refuses another amount of the same order', () =>
    given(points, rich, held(order, 7000)).when(hold(6000)).refuses('OrderMismatch'));
  it('refuses the order of a charge', () => given(points, rich).when(hold(1000, topUp)).refuses('OrderMismatch'));
});

describe('capturing points', () => {
  it('spends what was held', () => given(points, rich, held(order, 7000)).when(capture()).accepts(captured(order, 7000)));
  it('spends it once', () => given(points, rich, held(order, 7000), captured(order, 7000)).when(capture()).changesNothing());
  it('is done where some was given back since', () =>
    given(points, rich, held(order, 7000), captured(order, 7000), refunded(order, refundIdOf(1), 7000))
      .when(capture())
      .changesNothing());
  it('refuses where nothing was held', () => {
    given(points, rich).when(capture()).refuses('NothingHeld');
    given(points, rich, held(order, 7000), voided(order, 7000)).when(capture()).refuses('NothingHeld');
    given(points, rich).when(capture(topUp)).refuses('NothingHeld');
  });
});

describe('voiding a hold', () => {
  it('frees what was held', () => given(points, rich, held(order, 7000)).when(free()).accepts(voided(order, 7000)));
  it('closes an order that held nothing', () => given(points).when(free()).accepts(voided(order, 0)));
  it('frees once', () => given(points, rich, held(order, 7000), voided(order, 7000)).when(free()).changesNothing());
  it('refuses what was spent', () =>
    given(points, rich, held(order, 7000), captured(order, 7000)).when(free()).refuses('AlreadyCaptured'));
  it('refuses the order of a charge', () => given(points, rich).when(free(topUp)).refuses('OrderMismatch'));
});

describe('refunding points', () => {
  const spent = [rich, held(order, 7000), captured(order, 7000)];
  it('gives back all of it or a part', () => {
    given(points, ...spent)
      .when(refund(7000))
      .accepts(refunded(order, refundIdOf(1), 7000));
    given(points, ...spent)
      .when(refund(1))
      .accepts(refunded(order, refundIdOf(1), 1));
  });
  it('captures first what is still held', () =>
    given(points, rich, held(order, 7000))
      .when(refund(6000))
      .accepts(captured(order, 7000), refunded(order, refundIdOf(1), 6000)));
  it('gives back once per refund', () =>
    given(points, ...spent, refunded(order, refundIdOf(1), 3000))
      .when(refund(3000))
      .changesNothing());
  it('gives back in several refunds up to what was captured', () =>
    given(points, ...spent, refunded(order, refundIdOf(1), 3000))
      .when(refund(4000, 2))
      .accepts(refunded(order, refundIdOf(2), 4000)));
  it('refuses more than is left', () => {
    given(points, ...spent, refunded(order, refundIdOf(1), 3000))
      .when(refund(4001, 2))
      .refuses('MoreThanCaptured');
    given(points, rich, held(order, 7000)).when(refund(7001)).refuses('MoreThanCaptured');
  });
  it('refuses the same refund with another amount', () =>
    given(points, ...spent, refunded(order, refundIdOf(1), 3000))
      .when(refund(2000))
      .refuses('RefundMismatch'));
  it('refuses where nothing was held', () => {
    given(points, rich).when(refund(1000)).refuses('NothingHeld');
    given(points, rich, voided(order, 0)).when(refund(1000)).refuses('NothingHeld');
  });
  it('gives nothing back where nothing is to be given, yet captures', () => {
    given(points, ...spent)
      .when(refund(0))
      .changesNothing();
    given(points, rich, held(order, 7000)).when(refund(0)).accepts(captured(order, 7000));
  });
});
