import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import { CompiledQuery, type Generated, type Migration, sql } from 'kysely';
import { createDatabase, runMigrations } from './database.js';
import { recordingLogger } from './testing/recording-logger.js';

type Tables = { things: { id: Generated<number>; name: string } };

const migrations: Record<string, Migration> = {
  '0001_things': {
    up: async (db) => {
      await sql`create table things (id integer generated always as identity, name text not null)`.execute(db);
    },
  },
};

let postgres: TestDatabase;
beforeAll(async () => {
  postgres = await testDatabase();
}, 60_000);
afterAll(() => postgres.close());

const open = (more = {}) =>
  createDatabase<Tables>({ url: postgres.url, schema: 'rooms', applicationName: 'test', max: 2, ...more });

describe('createDatabase and runMigrations', () => {
  it('migrates into its own schema, once, though replicas start together', async () => {
    const replicas = [open(), open(), open()];
    await Promise.all(replicas.map((db) => runMigrations(db, 'rooms', migrations)));
    const [db] = replicas;
    if (db === undefined) throw new Error('no replica');
    await db.insertInto('things').values({ name: 'one' }).execute();
    const found = await sql<{
      schema: string;
    }>`select table_schema as schema from information_schema.tables where table_name = 'things'`.execute(db);
    expect(found.rows).toEqual([{ schema: 'rooms' }]);
    await Promise.all(replicas.map((replica) => replica.destroy()));
  });

  it('needs no right beyond its own schema', async () => {
    const admin = open();
    await sql`create role tenant login password 'tenant'`.execute(admin);
    await sql`create schema tenancy authorization tenant`.execute(admin);
    const url = new URL(postgres.url);
    url.username = 'tenant';
    url.password = 'tenant';
    const db = open({ url: url.href, schema: 'tenancy' });
    await runMigrations(db, 'tenancy', migrations);
    await runMigrations(db, 'tenancy', migrations);
    await db.insertInto('things').values({ name: 'one' }).execute();
    await expect(sql`create schema another`.execute(db)).rejects.toThrow('permission denied');
    await Promise.all([db.destroy(), admin.destroy()]);
  });

  it('says which migration failed', async () => {
    const db = open({ schema: 'broken' });
    const bad: Migration = { up: async (tx) => void (await sql`create nonsense`.execute(tx)) };
    await expect(runMigrations(db, 'broken', { '0001_bad': bad })).rejects.toThrow('migration 0001_bad of schema broken failed');
    await db.destroy();
  });

  it('ends a statement that takes too long', async () => {
    const db = open({ statementTimeoutMs: 100 });
    await expect(sql`select pg_sleep(5)`.execute(db)).rejects.toThrow('statement timeout');
    await db.destroy();
  });

  it('survives the death of an idle connection', async () => {
    const { logger, lines } = recordingLogger();
    const db = open({ logger, applicationName: 'victim' });
    await sql`select 1`.execute(db);
    const other = open();
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'victim'`.execute(other);
    const deadline = Date.now() + 5000;
    while (lines().length === 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(lines()).toContainEqual(expect.objectContaining({ message: 'an idle database connection failed' }));
    expect((await sql<{ one: number }>`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }]);
    await Promise.all([db.destroy(), other.destroy()]);
  });

  const parsedOf = async (db: ReturnType<typeof open>) =>
    (await sql<{ statement: string }>`select statement from pg_prepared_statements order by name`.execute(db)).rows;

  it('has a statement with values parsed once a connection', async () => {
    const db = open({ max: 1 });
    for (const one of [1, 2, 3]) expect((await sql`select ${one}::int as one`.execute(db)).rows).toEqual([{ one }]);
    expect(await parsedOf(db)).toEqual([{ statement: 'select $1::int as one' }]);
    await db.destroy();
    const plain = open({ max: 1, prepared: false });
    await sql`select ${1}::int as one`.execute(plain);
    expect(await parsedOf(plain)).toEqual([]);
    await plain.destroy();
  });

  it('prepares no more texts than a connection has room for', async () => {
    const db = open({ max: 1 });
    const texts = Array.from({ length: 310 }, (_, n) => `select $1::int + ${n} as sum`);
    for (const text of texts) await db.executeQuery(CompiledQuery.raw(text, [1]));
    expect(await parsedOf(db)).toHaveLength(300);
    await db.destroy();
  });

  it.each([
    ['a result has other columns now', 'alter table shapes add column more int', '0A000'],
    ['a pooler threw them away', 'deallocate all', '26000'],
  ])('prepares its statements anew after one failure where %s', async (_, change, code) => {
    const db = open({ max: 1 });
    await sql`drop table if exists shapes`.execute(db);
    await sql`create table shapes (id int)`.execute(db);
    const read = () => sql`select * from shapes where id = ${1}`.execute(db);
    await read();
    await sql.raw(change).execute(db);
    await expect(read()).rejects.toMatchObject({ code });
    await expect(read()).resolves.toMatchObject({ rows: [] });
    await db.destroy();
  });

  it('refuses a schema name that is none', () => {
    expect(() => open({ schema: 'a; drop' })).toThrow('bad schema name');
  });
});
