import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { type RunningPostgres, startPostgres } from './postgres.js';

export type TestDatabase = {
  /** Superuser's connection string to a database of its own. */
  url: string;
  close(): Promise<void>;
};

type Server = { postgres: RunningPostgres; directory: string };

let server: Promise<Server> | undefined;
let users = 0;

/** A fresh, empty database. One throw-away server serves a whole test file; closing the last database stops it. */
export async function testDatabase(): Promise<TestDatabase> {
  users += 1;
  server ??= startServer();
  const { postgres } = await server;
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administer(postgres.url, `CREATE DATABASE ${name}`);
  const url = new URL(postgres.url);
  url.pathname = `/${name}`;
  return { url: url.href, close: closeOnce(postgres.url, name) };
}

function closeOnce(url: string, name: string): () => Promise<void> {
  let closed: Promise<void> | undefined;
  const close = async () => {
    users -= 1;
    if (users > 0) return administer(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    const last = await server;
    server = undefined;
    await last?.postgres.stop();
    if (last) await rm(last.directory, { recursive: true, force: true });
  };
  return () => {
    closed ??= close();
    return closed;
  };
}

async function startServer(): Promise<Server> {
  const directory = await mkdtemp(path.join(tmpdir(), 'tiketi-postgres-'));
  return { postgres: await startPostgres({ directory, fast: true }), directory };
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
