import type { PointsEvent } from '@tiketi/shared-kernel/contracts/events/points.js';
import type { UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { type Decide, fold } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import fc from 'fast-check';
import { capturePoints } from '../capture-points.js';
import { chargePoints } from '../charge-points.js';
import { holdPoints } from '../hold-points.js';
import { type Points, points } from '../points.js';
import { refundPoints } from '../refund-points.js';
import { voidHold } from '../void-hold.js';
import { at, chargeIdOf, orderIdOf, refundIdOf } from './facts.js';

/** Something asked of a buyer's points; few orders and amounts, so that repeats and clashes are common. */
export const operation = fc.record({
  kind: fc.constantFrom('charge', 'hold', 'hold', 'capture', 'void', 'refund', 'refund', 'refund'),
  order: fc.integer({ min: 1, max: 4 }),
  refund: fc.integer({ min: 1, max: 3 }),
  amount: fc.constantFrom(0, 1, 400, 700, 1400, 2500),
});
export type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

/** One order pays one amount, whoever asks. */
export const amountOfOrder = (order: number): Won => Won.parse(order * 700);

export const decisionOf = (userId: UserId, { kind, order, refund, amount }: Operation): Decide<Points, PointsEvent, string> => {
  const ofOrder = { orderId: orderIdOf(order), userId, now: at };
  switch (kind) {
    case 'charge':
      return chargePoints({ ...ofOrder, orderId: chargeIdOf(order), amount: amountOfOrder(order) });
    case 'hold':
      return holdPoints({ ...ofOrder, amount: amountOfOrder(order) });
    case 'capture':
      return capturePoints(ofOrder);
    case 'void':
      return voidHold(ofOrder);
    case 'refund':
      return refundPoints({ ...ofOrder, refundId: refundIdOf(refund), amount: Won.parse(amount) });
  }
};

/** What a stream holds after these operations, one after another. */
export const historyOf = (userId: UserId, operations: readonly Operation[]): PointsEvent[] => {
  const history: PointsEvent[] = [];
  for (const one of operations) {
    const decision = decisionOf(userId, one)(fold(points, history));
    if ('accepted' in decision) history.push(...decision.accepted);
  }
  return history;
};
