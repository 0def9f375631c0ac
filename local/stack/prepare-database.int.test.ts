import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type TestDatabase, testDatabase } from '../parts/test-postgres.js';
import { OWNERS, ownerUrl } from './database-owners.js';
import { prepareDatabase } from './prepare-database.js';

describe('the database of a stack', () => {
  let database: TestDatabase;
  const passwords = Object.fromEntries(OWNERS.map(({ role }) => [role, `secret of ${role}'`]));

  beforeAll(async () => {
    database = await testDatabase();
    await prepareDatabase(database.url, passwords);
  });
  afterAll(() => database.close());

  const as = async (part: string, sql: string) => {
    const client = new pg.Client({ connectionString: ownerUrl(database.url, part, passwords) });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  };

  it('gives each service a schema of its own, which its unqualified names mean', async () => {
    await as('auth', 'CREATE TABLE accounts (id int); INSERT INTO accounts VALUES (1)');
    expect(await as('auth', 'SELECT id FROM auth.accounts')).toEqual([{ id: 1 }]);
  });

  it('keeps services out of each other’s schemas', async () => {
    for (const part of ['payment', 'projectors', 'query-api'])
      await expect(as(part, 'SELECT * FROM auth.accounts')).rejects.toThrow(/permission denied/);
    await expect(as('payment', 'CREATE TABLE public.odd (id int)')).rejects.toThrow(/permission denied/);
    await expect(as('payment', 'CREATE SCHEMA more')).rejects.toThrow(/permission denied/);
  });

  it('lets the query API read, and only read, all that projectors make, now and later', async () => {
    await as(
      'projectors',
      'CREATE SCHEMA tickets_g7; CREATE TABLE tickets_g7.rows (id int); INSERT INTO tickets_g7.rows VALUES (7)',
    );
    await as(
      'projectors',
      'CREATE SCHEMA tickets; CREATE VIEW tickets.rows AS SELECT * FROM tickets_g7.rows; CREATE TABLE checkpoints (position text)',
    );
    expect(await as('query-api', 'SELECT id FROM tickets.rows')).toEqual([{ id: 7 }]);
    expect(await as('query-api', 'SELECT position FROM projectors.checkpoints')).toEqual([]);
    await expect(as('query-api', 'DELETE FROM tickets_g7.rows')).rejects.toThrow(/permission denied|read-only/);
  });

  it('may be prepared again, and takes new passwords', async () => {
    passwords.tiketi_auth = 'another';
    await prepareDatabase(database.url, passwords);
    expect(await as('auth', 'SELECT id FROM accounts')).toEqual([{ id: 1 }]);
  });
});
