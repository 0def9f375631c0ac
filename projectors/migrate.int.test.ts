import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import { createDatabase } from '@tiketi/shared-kernel/service/database.js';
import { type Kysely, sql } from 'kysely';
import { migrate } from './migrate.js';

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
