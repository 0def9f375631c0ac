import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import type { PointChargeEvent } from '@tiketi/shared-kernel/contracts/events/point-charge.js';
import { millisecondsOf } from '@tiketi/shared-kernel/contracts/time.js';
import { processScenarios } from '@tiketi/shared-kernel/event-sourcing/testing/process-scenario.js';
import { createDatabase } from '@tiketi/shared-kernel/service/database.js';
import type { Kysely } from 'kysely';
import { at, charged } from '../../points/testing/facts.js';
import { order, paymentKey } from '../testing/charge-world.js';
import { pointChargeProcess } from './consumer.js';

const { orderId, userId } = order;
const prepared: PointChargeEvent = { type: 'PointChargePrepared', data: { ...order, preparedAt: at } };
const requested: PointChargeEvent = {
  type: 'PointChargeRequested',
  data: { orderId, userId, paymentKey, providerKey: 'k', requestedAt: at },
};
const approved: PointChargeEvent = {
  type: 'PointChargeApproved',
  data: { ...order, paymentKey, method: null, receiptUrl: null, approvedAt: at },
};
const declined: PointChargeEvent = { type: 'PointChargeDeclined', data: { orderId, userId, code: 'NO', declinedAt: at } };
const credited = charged(orderId, order.amount);

const after = (milliseconds: number) => new Date(millisecondsOf(at) + milliseconds);
const resolve = `resolve-charge:${orderId}`;
const credit = `credit-points:${orderId}`;

describe('the process of point charges', () => {
  let server: TestDatabase;
  let db: Kysely<unknown>;
  let scenario: ReturnType<typeof processScenarios>;

  beforeAll(async () => {
    server = await testDatabase();
    db = createDatabase({ url: server.url, applicationName: 'test', max: 3 });
    const consumer = pointChargeProcess('payment', { resolveAfterMs: 65_000, graceMs: 2000 });
    scenario = processScenarios({ db, schema: 'payment', consumer });
  }, 60_000);
  afterAll(async () => {
    await db?.destroy();
    await server?.close();
  });

  it('wants nothing of a charge nobody has confirmed', () => scenario.given().when(prepared).asksNothing());

  it('asks what became of a charge that was asked for', () =>
    scenario
      .given(prepared)
      .when(requested)
      .asks({ kind: 'resolve-charge', id: resolve, key: orderId, dueAt: after(65_000), payload: { orderId } }));

  it('credits an approved one, after those who asked for it had time to', async () => {
    const approval = scenario.given(prepared, requested).when(approved);
    await approval.asks({ kind: 'credit-points', id: credit, key: orderId, dueAt: after(2000), payload: { orderId } });
    await approval.closes(resolve);
  });

  it('is done with one that was declined', async () => {
    const decline = scenario.given(prepared, requested).when(declined);
    await decline.asksNothing();
    await decline.closes(resolve);
  });

  it('is done with one that is credited', () => scenario.given(prepared, requested, approved).when(credited).closes(credit));

  it('credits what was approved after a decline', () =>
    scenario.given(prepared, requested, declined).when(approved).asks({ kind: 'credit-points', id: credit }));
});
