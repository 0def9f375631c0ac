import { Kysely, type Migration, Migrator, PostgresDialect, sql } from 'kysely';
import { Pool } from 'pg';
import type { Logger } from './logger.js';
import { preparingPool } from './prepared-statements.js';

export type DatabaseOptions = {
  readonly url: string;
  /** First in the search path of every connection. */
  readonly schema?: string;
  /** Connections at most; 10 by default. */
  readonly max?: number;
  readonly applicationName: string;
  readonly statementTimeoutMs?: number;
  /**
   * True where everything written can be made again from events: a commit is answered before it is on disk (`synchronous_commit` off),
   * so a crash of Postgres may take the last moments back, rows and checkpoint alike. Never for accounts.
   */
  readonly rebuildable?: boolean;
  /**
   * False where what is read may change its columns under this program; otherwise statements are prepared. They are planned each time all the
   * same: a plan kept since a table was small would read all of it ever after.
   */
  readonly prepared?: boolean;
  readonly logger?: Logger;
};

/** A bounded pool: waiting for a connection ends after 5 s, a statement after 15 s; an idle connection's death is only logged. */
export const createDatabase = <DB>(o: DatabaseOptions): Kysely<DB> => {
  if (o.schema !== undefined && !/^[a-z_][a-z0-9_]*$/.test(o.schema)) throw new Error(`bad schema name ${o.schema}`);
  const { prepared = true } = o;
  const pool = new Pool({
    connectionString: o.url,
    max: o.max ?? 10,
    application_name: o.applicationName,
    connectionTimeoutMillis: 5000,
    idleTimeoutMillis: 30_000,
    statement_timeout: o.statementTimeoutMs ?? 15_000,
    idle_in_transaction_session_timeout: 60_000,
    options: [
      ...(o.schema === undefined ? [] : [`-c search_path=${o.schema},public`]),
      ...(o.rebuildable === true ? ['-c synchronous_commit=off'] : []),
      ...(prepared ? ['-c plan_cache_mode=force_custom_plan'] : []),
    ].join(' '),
  });
  pool.on('error', (error) => o.logger?.warn({ err: error }, 'an idle database connection failed'));
  // a client in use, or idle inside a transaction, has no listener of the pool's: its death would end the process
  pool.on('connect', (client) => {
    client.on('error', (error) => o.logger?.warn({ err: error }, 'a database connection failed'));
  });
  return new Kysely<DB>({ dialect: new PostgresDialect({ pool: prepared ? preparingPool(pool) : pool }) });
};

/**
 * Brings the schema (made if absent) up to date. Several replicas may call it at once: Kysely's migrator takes an advisory lock.
 * The database must have been created with the same `schema`, so that unqualified names land there.
 */
export const runMigrations = async <DB>(
  db: Kysely<DB>,
  schema: string,
  migrations: Readonly<Record<string, Migration>>,
): Promise<void> => {
  // asked first, because creating "if not exists" needs the right to create even where nothing is to do
  const found = await sql`select 1 from pg_namespace where nspname = ${schema}`.execute(db);
  if (found.rows.length === 0) await sql`create schema if not exists ${sql.id(schema)}`.execute(db);
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...migrations }) },
    migrationTableSchema: schema,
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const failed = results?.find((result) => result.status === 'Error')?.migrationName ?? 'unknown';
  throw new Error(`migration ${failed} of schema ${schema} failed`, { cause: error });
};
