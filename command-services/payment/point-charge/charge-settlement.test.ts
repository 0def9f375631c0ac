import { beforeEach, describe, expect, it } from '@jest/globals';
import { OrderId, PaymentKey } from '@tiketi/shared-kernel/contracts/ids.js';
import { asking } from '../points/testing/facts.js';
import { prepareCharge } from './prepare-charge.js';
import {
  type ChargeWorld,
  createChargeWorld,
  type Fate,
  order,
  PROVIDER_TIMEOUT_MS,
  payment,
  paymentKey,
} from './testing/charge-world.js';

const types = (world: ChargeWorld) => world.chargeEvents().map(({ type }) => type.replace('PointCharge', ''));
const account = { accountNumber: 'X1', bankCode: '20', dueBy: null };

describe('settling a point charge', () => {
  let world: ChargeWorld;
  let parts: ReturnType<ChargeWorld['boot']>;

  const begin = async (fate: Fate) => {
    world = createChargeWorld(fate);
    parts = world.boot();
    await parts.orders.decide(order.orderId, 'prepare', (now) => prepareCharge({ order, now }), asking);
  };
  const confirm = (key = paymentKey) => parts.settlement.confirm(order, key, asking);
  const hear = () => parts.settlement.hear(order.orderId, asking);

  beforeEach(() => begin('approve'));

  it('charges and credits once, however often it is confirmed', async () => {
    const told = await Promise.all([confirm(), confirm(), confirm()]);
    expect(new Set(told.map(({ kind }) => kind))).toEqual(new Set(['confirmed']));
    expect(await confirm()).toMatchObject({ kind: 'confirmed' });
    expect(types(world)).toEqual(['Prepared', 'Requested', 'Approved']);
    expect(world.pointsEvents().map(({ type }) => type)).toEqual(['PointsCharged']);
    expect(world.ledger.charges()).toBe(1);
  });

  it('takes one payment for an order', async () => {
    await confirm();
    expect(await confirm(PaymentKey.parse('pk-2'))).toEqual({ kind: 'refused', refusal: 'AnotherPaymentKey' });
  });

  it('knows no order nobody prepared', async () => {
    world = createChargeWorld('approve');
    parts = world.boot();
    expect(await confirm()).toEqual({ kind: 'refused', refusal: 'PaymentNotFound' });
    expect(world.ledger.charges()).toBe(0);
  });

  it('closes a virtual account at once, for points are paid before they are sold', async () => {
    await begin('account');
    expect(await confirm()).toEqual({ kind: 'declined', code: 'VIRTUAL_ACCOUNT_NOT_SUPPORTED' });
    expect(types(world)).toEqual(['Prepared', 'Requested', 'Declined']);
  });

  it('credits later what cannot be credited now', async () => {
    world.failPoints(true);
    expect(await confirm()).toEqual({ kind: 'delayed' });
    await expect(parts.settlement.credit(order.orderId, asking)).rejects.toThrow('points are away');
    world.failPoints(false);
    expect(types(world)).toEqual(['Prepared', 'Requested', 'Approved']);
    await parts.settlement.credit(order.orderId, asking);
    await parts.settlement.credit(order.orderId, asking);
    expect(world.pointsEvents().map(({ type }) => type)).toEqual(['PointsCharged']);
  });

  it('credits nothing that was not approved', async () => {
    await expect(parts.settlement.credit(order.orderId, asking)).rejects.toThrow(/is prepared/);
    await expect(parts.settlement.credit(OrderId.parse('pts_nobody'), asking)).rejects.toThrow(/no point charge/);
  });

  it('leaves a charge alone while the one who asked for it may still hear', async () => {
    await begin('lost approval');
    expect(await confirm()).toEqual({ kind: 'delayed' });
    expect(await parts.settlement.resolve(order.orderId, asking)).toBe('open');
    world.pass(PROVIDER_TIMEOUT_MS);
    expect(await parts.settlement.resolve(order.orderId, asking)).toBe('known');
    expect(await parts.settlement.resolve(order.orderId, asking)).toBe('known');
    expect(types(world)).toEqual(['Prepared', 'Requested', 'Approved']);
  });

  it('takes a payment the provider does not know for declined only once nobody can make it any more', async () => {
    await begin('never');
    await confirm();
    world.pass(PROVIDER_TIMEOUT_MS);
    expect(await parts.settlement.resolve(order.orderId, asking)).toBe('open');
    world.pass(10 * 60_000);
    expect(await parts.settlement.resolve(order.orderId, asking)).toBe('known');
    expect(types(world)).toEqual(['Prepared', 'Requested', 'Declined']);
  });

  describe('when something is heard of it', () => {
    it('knows nothing of another order', async () => {
      expect(await parts.settlement.hear(OrderId.parse('pts_nobody'), asking)).toBe('unknownOrder');
    });

    it('waits where nobody has confirmed', async () => {
      expect(await hear()).toBe('open');
      expect(types(world)).toEqual(['Prepared']);
    });

    it('records and credits an approval nobody here has heard of', async () => {
      await begin('lost approval');
      await confirm();
      expect(await hear()).toBe('approved');
      expect(await hear()).toBe('approved');
      expect(world.pointsEvents().map(({ type }) => type)).toEqual(['PointsCharged']);
    });

    it('records a decline', async () => {
      await begin('lost decline');
      await confirm();
      expect(await hear()).toBe('declined');
      expect(await hear()).toBe('declined');
      expect(types(world)).toEqual(['Prepared', 'Requested', 'Declined']);
    });

    it('stays open while the provider does not say', async () => {
      await begin('never');
      await confirm();
      expect(await hear()).toBe('open');
    });

    it('believes a charge after its decline, and only the very one', async () => {
      await begin('decline');
      await confirm();
      world.ledger.set(payment({ totalAmount: 1 }));
      expect(await hear()).toBe('mismatch');
      world.ledger.set(payment({ status: 'IN_PROGRESS' }));
      expect(await hear()).toBe('declined');
      world.ledger.set(undefined);
      expect(await hear()).toBe('declined');
      expect(world.pointsEvents()).toEqual([]);
      world.ledger.set(payment());
      expect(await hear()).toBe('approved');
      expect(types(world)).toEqual(['Prepared', 'Requested', 'Declined', 'Approved']);
      expect(world.pointsEvents().map(({ type }) => type)).toEqual(['PointsCharged']);
    });

    it('tells a person of money given back for points that were bought', async () => {
      await confirm();
      world.ledger.set(payment({ status: 'CANCELED', balanceAmount: 0 }));
      expect(await hear()).toBe('refunded');
      expect(world.alarms()).toEqual(['point-charge-refunded-outside']);
      expect(types(world)).toEqual(['Prepared', 'Requested', 'Approved']);
    });

    it('leaves an account without a due date to be asked for again', async () => {
      await begin('never');
      await confirm();
      world.ledger.set(payment({ status: 'WAITING_FOR_DEPOSIT', virtualAccount: account }));
      expect(await hear()).toBe('open');
    });
  });
});
