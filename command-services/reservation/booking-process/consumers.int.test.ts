import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import { DEFAULT_REFUND_POLICY } from '@tiketi/shared-kernel/contracts/events/refund-policy.js';
import { PaymentKey, PerformanceId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import { migrateConsumerTables } from '@tiketi/shared-kernel/event-sourcing/consumers/tables.js';
import type { TestEvent } from '@tiketi/shared-kernel/event-sourcing/consumers/testing/tape.js';
import { processScenarios } from '@tiketi/shared-kernel/event-sourcing/testing/process-scenario.js';
import { createDatabase, runMigrations } from '@tiketi/shared-kernel/service/database.js';
import type { Kysely } from 'kysely';
import { migrations, type ReservationDatabase } from '../database.js';
import { anna, at, ben, heldBy, ids, orderId, performanceId, scheduled, showId } from '../testing/facts.js';
import { bookingConsumer, SCHEMA, showConsumer } from './consumers.js';

const played = PerformanceId.parse('5f0e0000-0000-4000-8000-0000000000aa');
const performance: TestEvent = { type: 'PerformanceScheduled', data: { ...scheduled } };
const yesterdays: TestEvent = {
  type: 'PerformanceScheduled',
  data: { ...scheduled, performanceId: played, startsAt: Instant.parse('2026-04-30T10:00:00Z') },
};

describe('what the processes keep', () => {
  let database: TestDatabase;
  let db: Kysely<ReservationDatabase>;

  beforeAll(async () => {
    database = await testDatabase();
    db = createDatabase<ReservationDatabase>({ url: database.url, schema: SCHEMA, applicationName: 'consumers-test' });
    await migrateConsumerTables(db, SCHEMA);
    await runMigrations(db, SCHEMA, migrations);
  }, 60_000);
  afterAll(async () => {
    await db.destroy();
    await database.close();
  });

  it('a scheduled performance gets its inventory', () =>
    processScenarios({ db, schema: SCHEMA, consumer: showConsumer })
      .given()
      .when(performance)
      .asks({ kind: 'open-inventory', id: `open-inventory:${performanceId}`, key: performanceId }));

  it('a cancelled show ends the sales of what is still to be played, not of what was', () =>
    processScenarios({ db, schema: SCHEMA, consumer: showConsumer })
      .given(performance, yesterdays)
      .when({ type: 'ShowCancelled', data: { showId, cancelledBy: anna, cancelledAt: at('10:00') } })
      .asks({ kind: 'cancel-sales', id: `cancel-sales:${performanceId}`, key: performanceId, payload: { performanceId } }));

  it('another refund policy reaches the inventories that can still sell', () =>
    processScenarios({ db, schema: SCHEMA, consumer: showConsumer })
      .given(performance, yesterdays)
      .when({
        type: 'RefundPolicySet',
        data: { showId, policy: { ...DEFAULT_REFUND_POLICY, version: 2 }, setBy: anna, setAt: at('10:00') },
      })
      .asks({
        kind: 'change-terms',
        id: `change-terms:${performanceId}:2`,
        payload: { performanceId, refundPolicyVersion: 2 },
      }));

  it('cancelled sales cancel every booking of the performance, and of no other', async () => {
    const [one, two] = [heldBy(anna, ids[0], ['A-1-1']), heldBy(ben, ids[1], ['A-1-2'])];
    const elsewhere = { ...two, data: { ...two.data, performanceId: played } };
    await processScenarios({ db, schema: SCHEMA, consumer: bookingConsumer({ resolveAfterMs: 65_000, graceMs: 2000 }) })
      .given(one, elsewhere)
      .when({ type: 'SalesCancelled', data: { performanceId, cancelledAt: at('10:05') } })
      .asks({
        kind: 'cancel-for-show',
        id: `cancel-for-show:${one.data.reservationId}`,
        key: one.data.reservationId,
        payload: { reservationId: one.data.reservationId },
      });
  });

  describe('of the wishes of one batch', () => {
    const one = heldBy(anna, ids[0], ['A-1-1']);
    const order = { reservationId: one.data.reservationId, orderId };
    const started: TestEvent = {
      type: 'PaymentStarted',
      data: { ...order, pointAmount: Won.parse(0), payBy: at('10:02'), startedAt: at('10:00') },
    };
    const requested: TestEvent = {
      type: 'PaymentConfirmRequested',
      data: { ...order, paymentKey: PaymentKey.parse('pk_1'), providerKey: 'k', requestedAt: at('10:00') },
    };
    const play = () =>
      processScenarios({ db, schema: SCHEMA, consumer: bookingConsumer({ resolveAfterMs: 65_000, graceMs: 2000 }) });
    const abandon = { kind: 'abandon', id: `abandon:${orderId}` };
    const resolve = { kind: 'resolve', id: `resolve:${orderId}` };

    it('those it settles again leave no row', () => play().given(one).when(started, requested).asks(resolve));

    it('those settled by a later batch had one', async () => {
      await play().given(one).when(started).asks(abandon);
      await play().given(one, started).when(requested).closes(`abandon:${orderId}`);
    });

    it('those it wants again after they were settled stand', () =>
      play().given(one).when(requested, started).asks(resolve, abandon));
  });
});
