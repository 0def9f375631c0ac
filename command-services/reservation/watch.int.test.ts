import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import { addEffects } from '@tiketi/shared-kernel/event-sourcing/consumers/effects.js';
import { listParkedEffects } from '@tiketi/shared-kernel/event-sourcing/consumers/parked-effects.js';
import type { ConsumerStatus } from '@tiketi/shared-kernel/event-sourcing/consumers/status.js';
import { migrateConsumerTables } from '@tiketi/shared-kernel/event-sourcing/consumers/tables.js';
import { createDatabase } from '@tiketi/shared-kernel/service/database.js';
import { createLogger } from '@tiketi/shared-kernel/service/logger.js';
import { createMetrics } from '@tiketi/shared-kernel/service/metrics.js';
import { retryParked, watchProcess } from '@tiketi/shared-kernel/service/watch-process.js';
import { type Kysely, sql } from 'kysely';
import { SCHEMA } from './booking-process/consumers.js';
import type { ReservationDatabase } from './database.js';
import { watchWriters } from './watch.js';

const logger = createLogger({ service: 'test', level: 'silent' });
const beginning = { commit: 0n, prepare: 0n };
const status = (more: Partial<ConsumerStatus>): ConsumerStatus => ({
  ...{ name: 'booking', version: 1, state: 'live', epoch: 1n, position: beginning, head: beginning },
  ...{ lagMs: 0, queued: 0, processed: 0, parkedKeys: 0, lastError: undefined },
  ...more,
});

describe('what an operator sees of the booking process', () => {
  let database: TestDatabase;
  let db: Kysely<ReservationDatabase>;

  beforeAll(async () => {
    database = await testDatabase();
    db = createDatabase<ReservationDatabase>({ url: database.url, applicationName: 'watch-test', rebuildable: true });
    await migrateConsumerTables(db, SCHEMA);
    const common = { dueAt: new Date(), payload: {}, correlationId: 'c', causationId: 'c' };
    await addEffects(db, SCHEMA, [
      { id: 'refund:1', key: '1', kind: 'refund', ...common },
      { id: 'sell:2', key: '2', kind: 'sell', ...common },
    ]);
    for (const [position, key] of [
      ['1', 'a'],
      ['2', 'a'],
      ['3', 'b'],
    ]) {
      await sql`insert into ${sql.id(SCHEMA, 'parked')} (name, commit_position, prepare_position, key, event_id, stream, revision,
        type, recorded_at, reason) values ('booking', ${position}, ${position}, ${key}, 'id', 's', 0, 'T', now(), 'odd')`.execute(
        db,
      );
    }
    await sql`update ${sql.id(SCHEMA, 'effect')} set parked_at = now(), failures = 10 where id = 'refund:1'`.execute(db);
  }, 60_000);
  afterAll(async () => {
    await db.destroy();
    await database.close();
  });

  it('shows lag, parked keys, a stopped consumer and parked effects', async () => {
    const metrics = createMetrics('test');
    const seen = [status({ lagMs: 1500 }), status({ name: 'inventory-opening', state: 'stopped' })];
    watchProcess(metrics, db, SCHEMA, { status: () => seen });
    const text = await metrics.registry.metrics();
    for (const line of [
      'consumer_lag_seconds{consumer="booking",service="test"} 1.5',
      'consumer_parked_keys{consumer="booking",service="test"} 2',
      'consumer_parked_keys{consumer="inventory-opening",service="test"} 0',
      'consumer_stopped{consumer="booking",service="test"} 0',
      'consumer_stopped{consumer="inventory-opening",service="test"} 1',
      'effects_parked{kind="refund",service="test"} 1',
    ]) {
      expect(text).toContain(line);
    }
    expect(text).not.toContain('effects_parked{kind="sell"');
  });

  it('tries what was set aside once more at a start', async () => {
    expect(await listParkedEffects(db, SCHEMA)).toHaveLength(1);
    await retryParked(db, SCHEMA, logger);
    expect(await listParkedEffects(db, SCHEMA)).toEqual([]);
  });

  it('knows that its connections do not wait for the disk', async () => {
    const { rows } = await sql<{ synchronous_commit: string }>`show synchronous_commit`.execute(db);
    expect(rows).toEqual([{ synchronous_commit: 'off' }]);
  });

  it('counts what the writers meet', async () => {
    const metrics = createMetrics('test');
    const see = watchWriters(metrics, logger);
    see({ kind: 'conflict' });
    see({ kind: 'conflict' });
    see({ kind: 'unknown', cause: 'timeout' });
    see({ kind: 'storeWentBack', revision: 7n });
    const text = await metrics.registry.metrics();
    expect(text).toContain('inventory_writer_total{kind="conflict",service="test"} 2');
    expect(text).toContain('inventory_writer_total{kind="storeWentBack",service="test"} 1');
  });
});
