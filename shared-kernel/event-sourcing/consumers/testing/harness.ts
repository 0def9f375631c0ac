import { type Kysely, sql } from 'kysely';
import pg from 'pg';
import { createDatabase } from '../../../service/database.js';
import { migrateConsumerTables } from '../tables.js';
import { createNotes } from './notes.js';

export const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Errors of its connections are part of the faults under test. */
export const openPool = (url: string, max = 6, name = 'consumers'): pg.Pool => {
  const pool = new pg.Pool({ connectionString: url, max, application_name: name });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
};

export const connect = (url: string, max = 6, name = 'consumers'): Kysely<unknown> =>
  createDatabase<unknown>({ url, max, applicationName: name });

/** Tables for consumers and for what a test consumer writes. */
export const openConsumerDatabase = async (url: string, schema = 'runtime') => {
  const db = connect(url);
  await migrateConsumerTables(db, schema);
  const notes = await createNotes(db, schema);
  return { db, schema, notes };
};

/** Kills the connections of the pools called `name`, whatever they are at. */
export const breakConnections = async <DB>(db: Kysely<DB>, name: string): Promise<void> => {
  await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = ${name} AND pid <> pg_backend_pid()`.execute(db);
};
