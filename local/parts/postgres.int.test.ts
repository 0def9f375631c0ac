import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type RunningPostgres, startPostgres } from './postgres.js';
import { testDatabase } from './test-postgres.js';

const query = async (url: string, sql: string): Promise<Record<string, unknown>[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
};

describe('Postgres', () => {
  let directory: string;
  let running: RunningPostgres | undefined;

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'tiketi-pg-test-'));
  });
  afterEach(async () => {
    await running?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('keeps its data over a restart, and finds Hangul by trigrams', async () => {
    running = await startPostgres({ directory, databases: ['tiketi'] });
    const url = running.url.replace(/postgres$/, 'tiketi');
    await query(url, `CREATE EXTENSION pg_trgm; CREATE TABLE shows AS SELECT '아이유 콘서트' AS title`);
    await running.stop();
    running = await startPostgres({ directory, databases: ['tiketi'] });
    const again = running.url.replace(/postgres$/, 'tiketi');
    expect(await query(again, `SELECT title FROM shows WHERE similarity(title, '아이유') > 0.2`)).toEqual([
      { title: '아이유 콘서트' },
    ]);
    expect(await query(again, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
  });

  it('initialises again over an initialisation that was cut short', async () => {
    running = await startPostgres({ directory, fast: true });
    await running.stop();
    await rm(path.join(directory, 'initialised'));
    running = await startPostgres({ directory, fast: true });
    expect(await query(running.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  const asRoot = process.getuid?.() === 0 ? it : it.skip;
  asRoot('runs as nobody where user namespaces are forbidden', async () => {
    running = await startPostgres({ directory, fast: true, withoutNamespace: true });
    expect(await query(running.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    const outside = path.dirname(await realpath(path.join(directory, 'data')));
    await running.stop();
    await rm(outside, { recursive: true });
  });

  it('starts although the id in a stale lock file belongs to another process', async () => {
    running = await startPostgres({ directory, fast: true });
    running.child.kill('SIGKILL');
    await running.stop();
    await writeFile(path.join(directory, 'data/postmaster.pid'), `${process.pid}\n${directory}/data\n`);
    running = await startPostgres({ directory, fast: true });
    expect(await query(running.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('says why it cannot start', async () => {
    running = await startPostgres({ directory, fast: true });
    await expect(startPostgres({ directory: `${directory}/other`, fast: true, port: running.port })).rejects.toThrow(
      /Address already in use/,
    );
  });
});

it('gives each caller a database of its own', async () => {
  const [one, two] = [await testDatabase(), await testDatabase()];
  await query(one.url, 'CREATE TABLE seats (id int)');
  expect(await query(two.url, `SELECT to_regclass('seats') AS found`)).toEqual([{ found: null }]);
  await one.close();
  expect(await query(two.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await two.close();
});
