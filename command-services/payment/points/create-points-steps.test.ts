import { beforeEach, describe, expect, it } from '@jest/globals';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { pointsStream } from '@tiketi/shared-kernel/contracts/streams.js';
import { createModelStore, type ModelStore } from '@tiketi/shared-kernel/event-sourcing/testing/model-store.js';
import { createLogger } from '@tiketi/shared-kernel/service/logger.js';
import { createPointsAccounts } from './accounts.js';
import { createChargedPoints } from './charged-points.js';
import { createPointsSteps, PointsRefusedError } from './create-points-steps.js';
import { MOST_POINTS } from './points.js';
import type { PointsOrder, PointsSteps } from './points-steps.js';
import { anna, asking, chargeIdOf, orderIdOf, refundIdOf } from './testing/facts.js';

const orderOf = (pointAmount: number, n = 1): PointsOrder => ({
  orderId: orderIdOf(n),
  userId: anna,
  pointAmount: Won.parse(pointAmount),
  correlationId: 'reservation-1',
});

describe('the points of paying', () => {
  let store: ModelStore;
  let steps: PointsSteps;
  const clock = () => Date.parse('2026-05-01T10:00:00Z');
  const accounts = () => createPointsAccounts({ store, clock });
  const charged = () => createChargedPoints(accounts());
  const stored = () => store.log.stream(pointsStream(anna)).map(({ type }) => type.replace('Points', ''));
  const refund = (order: PointsOrder, amount: number, n = 1) =>
    steps.refund(order, { refundId: refundIdOf(n), amount: Won.parse(amount) }, asking);

  beforeEach(async () => {
    store = createModelStore();
    steps = createPointsSteps({ store, clock, logger: createLogger({ service: 'test', level: 'silent' }) });
    await charged().credit({ orderId: chargeIdOf(1), userId: anna, amount: Won.parse(10_000) }, asking);
  });

  it('holds, captures and gives back, each once however often it is asked', async () => {
    const order = orderOf(6000);
    for (const _ of [1, 2]) expect(await steps.hold(order, asking)).toBe('held');
    for (const _ of [1, 2]) await steps.capture(order, asking);
    for (const _ of [1, 2]) await refund(order, 2500);
    expect(stored()).toEqual(['Charged', 'Held', 'Captured', 'Refunded']);
    expect(await accounts().find(anna)).toMatchObject({ available: 6500, held: 0 });
    expect(await steps.available(anna)).toBe(6500);
  });

  it('carries the correlation of the order', async () => {
    await steps.hold(orderOf(6000), asking);
    const last = store.log.stream(pointsStream(anna)).at(-1);
    expect(last?.metadata).toMatchObject({ $correlationId: 'reservation-1', commandId: 'points-hold:ord-000001' });
  });

  it('says where there is not enough', async () => {
    expect(await steps.hold(orderOf(10_001), asking)).toBe('insufficient');
    expect(stored()).toEqual(['Charged']);
  });

  it('says that a voided order is closed, though its hold was once accepted', async () => {
    const order = orderOf(6000);
    await steps.hold(order, asking);
    await steps.void(order, asking);
    expect(await steps.hold(order, asking)).toBe('closed');
    await steps.void(orderOf(6000, 2), asking);
    expect(await steps.hold(orderOf(6000, 2), asking)).toBe('closed');
    expect(stored()).toEqual(['Charged', 'Held', 'HoldVoided', 'HoldVoided']);
  });

  it('writes nothing for an order without points', async () => {
    const order = orderOf(0);
    expect(await steps.hold(order, asking)).toBe('held');
    await steps.capture(order, asking);
    await steps.void(order, asking);
    await refund(order, 0);
    expect(stored()).toEqual(['Charged']);
  });

  it('lets one of two orders have what is enough for one', async () => {
    const answers = await Promise.all([steps.hold(orderOf(6000), asking), steps.hold(orderOf(6000, 2), asking)]);
    expect(answers.sort()).toEqual(['held', 'insufficient']);
  });

  it('raises an alarm where points and order disagree', async () => {
    await expect(steps.capture(orderOf(6000), asking)).rejects.toThrow(PointsRefusedError);
    await steps.hold(orderOf(6000), asking);
    await expect(steps.hold(orderOf(5000), asking)).rejects.toThrow('OrderMismatch');
    await steps.capture(orderOf(6000), asking);
    await expect(steps.void(orderOf(6000), asking)).rejects.toThrow('AlreadyCaptured');
    await expect(refund(orderOf(6000), 6001)).rejects.toThrow('MoreThanCaptured');
    await expect(refund(orderOf(0, 3), 5)).rejects.toThrow('NothingHeld');
    await refund(orderOf(6000), 1000);
    await expect(refund(orderOf(6000), 2000)).rejects.toThrow('RefundMismatch');
  });

  describe('of buying points', () => {
    const amount = Won.parse(5000);
    const order = { orderId: chargeIdOf(2), userId: anna, amount };

    it('credits once and says so', async () => {
      expect(await charged().isCredited(order)).toBe(false);
      const first = await charged().credit(order, asking);
      expect(await charged().credit(order, asking)).toBe(first);
      expect(await charged().isCredited(order)).toBe(true);
      expect(stored()).toEqual(['Charged', 'Charged']);
    });

    it('knows how many more may be sold, counting what is held', async () => {
      await steps.hold(orderOf(10_000), asking);
      expect(await charged().hasRoom(anna, Won.parse(MOST_POINTS - 10_000))).toBe(true);
      expect(await charged().hasRoom(anna, Won.parse(MOST_POINTS - 9999))).toBe(false);
    });

    it('credits no order that pays', async () => {
      await steps.hold(orderOf(5000), asking);
      await expect(charged().credit({ ...order, orderId: orderIdOf(1) }, asking)).rejects.toThrow('OrderMismatch');
    });
  });
});
