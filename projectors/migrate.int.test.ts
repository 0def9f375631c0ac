import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import { until } from '@tiketi/local/parts/until.js';
import type { Consumer } from '@tiketi/shared-kernel/event-sourcing/consumers/consumer.js';
import { startConsumers } from '@tiketi/shared-kernel/event-sourcing/consumers/runtime.js';
import { plainMetadata } from '@tiketi/shared-kernel/event-sourcing/consumers/testing/tape.js';
import { createModelStore } from '@tiketi/shared-kernel/event-sourcing/testing/model-store.js';
import { createDatabase } from '@tiketi/shared-kernel/service/database.js';
import { recordingLogger } from '@tiketi/shared-kernel/service/testing/recording-logger.js';
import { type Kysely, sql } from 'kysely';
import { CATALOG_VERSION } from './catalog/projection.js';
import { CONSUMERS_SCHEMA, migrate } from './migrate.js';
import { history } from './testing/history.js';
import { TICKETS_VERSION, ticketsProjection } from './tickets/projection.js';

let server: TestDatabase;
let superuser: Kysely<unknown>;
const pools: Kysely<unknown>[] = [];

const connectAs = (role: string): Kysely<unknown> => {
  const url = new URL(server.url);
  url.username = role;
  url.password = 'secret';
  const pool = createDatabase<unknown>({ url: url.href, applicationName: 'test', max: 2 });
  pools.push(pool);
  return pool;
};

beforeAll(async () => {
  server = await testDatabase();
  superuser = createDatabase<unknown>({ url: server.url, applicationName: 'test', max: 2 });
  const database = new URL(server.url).pathname.slice(1);
  await sql`CREATE ROLE tiketi_projectors LOGIN PASSWORD 'secret'`.execute(superuser);
  await sql`CREATE ROLE tiketi_query LOGIN PASSWORD 'secret'`.execute(superuser);
  await sql`GRANT CREATE ON DATABASE ${sql.id(database)} TO tiketi_projectors`.execute(superuser);
}, 60_000);

afterAll(async () => {
  for (const pool of pools) await pool.destroy();
  await superuser?.destroy();
  await server?.close();
});

describe('rows of an older version', () => {
  const setVersion = (version: number) =>
    sql`INSERT INTO projectors.checkpoint VALUES ('catalog', ${version}, 1, '500', '500') ON CONFLICT (name) DO UPDATE
      SET version = ${version}, commit_position = '500', prepare_position = '500'`.execute(superuser);
  const leaveRow = () =>
    sql`INSERT INTO catalog.layouts VALUES (gen_random_uuid(), 'old', '', '[]', 1, now())`.execute(superuser);
  const found = async () => {
    const rows = await sql`SELECT 1 FROM catalog.layouts`.execute(superuser);
    const checkpoint = await sql<{ version: number; commit_position: string }>`
      SELECT version, commit_position FROM projectors.checkpoint WHERE name = 'catalog'`.execute(superuser);
    return [rows.rows.length, checkpoint.rows[0]?.version, checkpoint.rows[0]?.commit_position];
  };

  beforeAll(async () => {
    await migrate(connectAs('tiketi_projectors'));
    await sql`GRANT ALL ON ALL TABLES IN SCHEMA catalog, projectors TO ${sql.id(new URL(server.url).username)}`.execute(
      superuser,
    );
  });
  afterAll(() => sql`DELETE FROM projectors.checkpoint`.execute(superuser));

  it('are dropped once, and their projection begins again', async () => {
    await setVersion(CATALOG_VERSION - 1);
    await leaveRow();
    const projectors = connectAs('tiketi_projectors');
    const rebuilt = (await Promise.all([migrate(projectors), migrate(connectAs('tiketi_projectors'))])).flat();
    expect(rebuilt).toEqual([{ projection: 'catalog', from: CATALOG_VERSION - 1, to: CATALOG_VERSION }]);
    expect(await found()).toEqual([0, CATALOG_VERSION, '-1']);
  });

  it('stay where they are of this version or a newer one', async () => {
    await leaveRow();
    for (const version of [CATALOG_VERSION, CATALOG_VERSION + 1]) {
      await setVersion(version);
      expect(await migrate(connectAs('tiketi_projectors'))).toEqual([]);
      expect(await found()).toEqual([1, version, '500']);
    }
    await sql`DELETE FROM catalog.layouts`.execute(superuser);
  });

  it('are built anew by a runner that starts then, whatever an older one still does', async () => {
    const older: Consumer = { ...ticketsProjection('tickets'), version: TICKETS_VERSION - 1 };
    const db = connectAs('tiketi_projectors');
    const store = createModelStore();
    const { logger } = recordingLogger();
    const attempt = { ...history.layoutDefined('hall'), id: randomUUID(), metadata: plainMetadata('SeatLayoutDefined') };
    await store.append({ stream: attempt.stream, expected: 'no_stream', events: [attempt] });
    const old = startConsumers({ store, db, schema: CONSUMERS_SCHEMA, consumers: [older], logger });
    await until(async () => old.status()[0]?.state === 'live', { deadline: 10_000, what: 'the older version to be live' });
    expect(await migrate(db)).toEqual([{ projection: 'tickets', from: TICKETS_VERSION - 1, to: TICKETS_VERSION }]);
    await store.append({ stream: 'layout-other', expected: 'no_stream', events: [{ ...attempt, id: randomUUID() }] });
    await until(async () => old.status()[0]?.lastError?.includes('rebuild it') === true, {
      ...{ deadline: 20_000, what: 'the older version to stop' },
    });
    await old.stop();
    const newer = startConsumers({ store, db, schema: CONSUMERS_SCHEMA, consumers: [ticketsProjection('tickets')], logger });
    await until(async () => newer.status()[0]?.state === 'live', { deadline: 20_000, what: 'the newer version to be live' });
    await newer.stop();
  }, 60_000);
});

describe('the read side’s schemas', () => {
  it('are made by a role that may only create schemas, by several processes at once, and again', async () => {
    const projectors = connectAs('tiketi_projectors');
    await Promise.all([migrate(projectors), migrate(connectAs('tiketi_projectors'))]);
    await migrate(projectors);
  });

  it('may be read by the query role, tables to come included', async () => {
    await sql`CREATE TABLE catalog.later (id int)`.execute(connectAs('tiketi_projectors'));
    const reader = connectAs('tiketi_query');
    for (const table of ['catalog.shows', 'catalog.later', 'tickets.reservations', 'projectors.checkpoint']) {
      expect((await sql`SELECT * FROM ${sql.table(table)}`.execute(reader)).rows).toEqual([]);
    }
  });

  it('may not be written by the query role', async () => {
    const reader = connectAs('tiketi_query');
    await expect(sql`DELETE FROM tickets.reservations`.execute(reader)).rejects.toThrow('permission denied');
    await expect(sql`CREATE TABLE catalog.mine (id int)`.execute(reader)).rejects.toThrow('permission denied');
  });
});
