import { describe, it } from '@jest/globals';
import type { PointChargeEvent } from '@tiketi/shared-kernel/contracts/events/point-charge.js';
import { PaymentKey } from '@tiketi/shared-kernel/contracts/ids.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { given } from '@tiketi/shared-kernel/event-sourcing/testing/scenario.js';
import { at } from '../points/testing/facts.js';
import { pointCharge } from './point-charge.js';
import { prepareCharge } from './prepare-charge.js';
import { recordChargeApproval, recordChargeDecline } from './record-outcome.js';
import { requestCharge } from './request-charge.js';
import { order, paymentKey } from './testing/charge-world.js';

const { orderId, userId } = order;
const other = PaymentKey.parse('pk-2');
const prepared: PointChargeEvent = { type: 'PointChargePrepared', data: { ...order, preparedAt: at } };
const requested: PointChargeEvent = {
  type: 'PointChargeRequested',
  data: { orderId, userId, paymentKey, providerKey: 'k', requestedAt: at },
};
const approved: PointChargeEvent = {
  type: 'PointChargeApproved',
  data: { ...order, paymentKey, method: '카드', receiptUrl: null, approvedAt: at },
};
const declined: PointChargeEvent = { type: 'PointChargeDeclined', data: { orderId, userId, code: 'NO', declinedAt: at } };

const request = (key = paymentKey) => requestCharge({ paymentKey: key, providerKey: 'k', now: at });
const approve = recordChargeApproval({ paymentKey, method: '카드', receiptUrl: null, now: at });
const decline = recordChargeDecline({ code: 'NO', now: at });

describe('preparing a point charge', () => {
  const prepare = (amount: number) => prepareCharge({ order: { ...order, amount: Won.parse(amount) }, now: at });
  it('fixes the amount', () => given(pointCharge).when(prepare(30_000)).accepts(prepared));
  it('finds the order of the same request', () => {
    given(pointCharge, prepared).when(prepare(30_000)).changesNothing();
    given(pointCharge, prepared, requested, declined).when(prepare(30_000)).changesNothing();
  });
  it('refuses another amount under the same key', () => given(pointCharge, prepared).when(prepare(40_000)).refuses('KeyReused'));
});

describe('asking for the charge', () => {
  it('writes the intent down', () => given(pointCharge, prepared).when(request()).accepts(requested));
  it('does so once', () => {
    given(pointCharge, prepared, requested).when(request()).changesNothing();
    given(pointCharge, prepared, requested, approved).when(request()).changesNothing();
  });
  it('refuses another payment for the order', () => {
    given(pointCharge, prepared, requested).when(request(other)).refuses('AnotherPaymentKey');
    given(pointCharge, prepared, requested, approved).when(request(other)).refuses('AnotherPaymentKey');
  });
  it('refuses an order nobody prepared', () => given(pointCharge).when(request()).refuses('PaymentNotFound'));
  it('refuses after a decline', () => given(pointCharge, prepared, requested, declined).when(request()).refuses('Declined'));
});

describe('recording the outcome', () => {
  it('approves what was asked for', () => given(pointCharge, prepared, requested).when(approve).accepts(approved));
  it('approves once', () => given(pointCharge, prepared, requested, approved).when(approve).changesNothing());
  it('believes a charge told after a decline', () =>
    given(pointCharge, prepared, requested, declined).when(approve).accepts(approved));
  it('refuses a charge nobody asked for', () => {
    given(pointCharge).when(approve).refuses('NotRequested');
    given(pointCharge, prepared).when(approve).refuses('NotRequested');
  });
  it('declines what was asked for', () => given(pointCharge, prepared, requested).when(decline).accepts(declined));
  it('declines once', () => given(pointCharge, prepared, requested, declined).when(decline).changesNothing());
  it('declines nothing that was not asked for or is charged', () => {
    given(pointCharge).when(decline).refuses('NotRequested');
    given(pointCharge, prepared).when(decline).refuses('NotRequested');
    given(pointCharge, prepared, requested, approved).when(decline).refuses('NotRequested');
  });
});
