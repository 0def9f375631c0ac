import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startEventStoreNode } from '@tiketi/local/event-store-node/server.js';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import { type Kysely, sql, type Transaction } from 'kysely';
import { type UserEvent, userEvents } from '../../contracts/events/user.js';
import { UserId } from '../../contracts/ids.js';
import { instantOf } from '../../contracts/time.js';
import { createCodec, type Recorded } from '../codec.js';
import { startConsumers } from '../consumers/runtime.js';
import { migrateConsumerTables } from '../consumers/tables.js';
import { connect, quiet } from '../consumers/testing/harness.js';
import { plainMetadata } from '../consumers/testing/tape.js';
import { connectEventStore } from '../event-store/eventstoredb.js';
import { defineProjection } from './projection.js';
import { openProjectionTest } from './testing.js';

type Registered = Recorded<Extract<UserEvent, { type: 'UserRegistered' }>>;
type Granted = Recorded<Extract<UserEvent, { type: 'RoleGranted' }>>;

const people = defineProjection<unknown, typeof userEvents>({
  name: 'people',
  version: 1,
  events: createCodec(userEvents),
  keyOf: (event) => event.data.userId,
  handlers: {
    UserRegistered: async (tx: Transaction<unknown>, events: readonly Registered[]) => {
      await sql`INSERT INTO people.person SELECT *, 0 FROM unnest(${events.map((e) => e.data.userId)}::text[],
        ${events.map((e) => e.data.provider)}::text[], ${events.map((e) => e.data.registeredAt)}::timestamptz[])`.execute(tx);
    },
    RoleGranted: async (tx: Transaction<unknown>, events: readonly Granted[]) => {
      await sql`UPDATE people.person p SET roles = roles + g.n FROM (
        SELECT id, count(*) AS n FROM unnest(${events.map((e) => e.data.userId)}::text[]) AS id GROUP BY id) g
        WHERE p.id = g.id`.execute(tx);
    },
  },
  onFailure: 'park',
});

let database: TestDatabase;
let db: Kysely<unknown>;
beforeAll(async () => {
  database = await testDatabase();
  db = connect(database.url);
}, 60_000);
afterAll(async () => {
  await db.destroy();
  await database.close();
});

const freshTable = async () => {
  await sql`CREATE SCHEMA IF NOT EXISTS people`.execute(db);
  await sql`DROP TABLE IF EXISTS people.person`.execute(db);
  await sql`CREATE TABLE people.person (id text PRIMARY KEY, provider text, registered_at timestamptz, roles int)`.execute(db);
};
const registered = (userId: UserId) => ({
  type: 'UserRegistered' as const,
  data: { userId, provider: 'LOCAL' as const, roles: [], registeredAt: instantOf(Date.now()) },
});
const granted = (userId: UserId) => ({
  type: 'RoleGranted' as const,
  data: { userId, role: 'admin' as const, grantedAt: instantOf(Date.now()) },
});

describe('a projection on its database', () => {
  it('takes each event once however often it comes, and names the handlers not reached', async () => {
    await freshTable();
    const test = await openProjectionTest({ db, projection: people });
    const id = UserId.parse(randomUUID());
    await test.deliver(registered(id));
    expect(test.unreached()).toEqual(['RoleGranted']);
    await test.deliver(granted(id), granted(id));
    expect(test.unreached()).toEqual([]);
    expect((await sql`SELECT id, roles FROM people.person`.execute(db)).rows).toEqual([{ id, roles: 2 }]);
    await expect(test.deliver(registered(id))).rejects.toThrow(/parked: .*duplicate key/);
  });
});

describe('a rebuild through the real client', () => {
  it('is exact', async () => {
    await freshTable();
    await migrateConsumerTables(db, 'rebuild');
    const directory = await mkdtemp(path.join(tmpdir(), 'tiketi-rebuild-'));
    const node = await startEventStoreNode({ directory, port: 0 });
    const store = connectEventStore({ url: node.url, connectionName: 'rebuild' });
    const pool = connect(database.url);
    const total = process.env.TIKETI_DEEP === '1' ? 100_000 : 20_000;
    try {
      let last = 0n;
      for (let done = 0; done < total; done += 200) {
        const ids = Array.from({ length: 100 }, () => UserId.parse(randomUUID()));
        const events = [...ids.map(registered), ...ids.map(granted)];
        const outcome = await store.append({
          stream: `user-${done}`,
          expected: 'no_stream',
          events: events.map((e) => ({ ...e, id: randomUUID(), metadata: plainMetadata() })),
        });
        if (outcome.kind !== 'appended') throw new Error(outcome.kind);
        last = outcome.position.commit;
      }
      const running = startConsumers({
        store,
        db: pool,
        schema: 'rebuild',
        consumers: [people],
        logger: quiet,
        heartbeatMs: false,
      });
      expect(await running.waitFor('people', last, 60_000)).toBe(true);
      const counted = await sql`SELECT count(*)::int AS people, sum(roles)::int AS roles FROM people.person`.execute(db);
      expect(counted.rows).toEqual([{ people: total / 2, roles: total / 2 }]);
      await running.stop();
    } finally {
      await store.close();
      await node.close();
      await pool.destroy();
      await rm(directory, { recursive: true, force: true });
    }
  }, 120_000);
});
