import { type Kysely, sql } from 'kysely';

/** One migration at a time per database, whichever schema it is for. */
const migrationLock = 7_251_904_331;

/**
 * Creates the tables consumers and effect workers keep in `schema`; safe to repeat and to run from several
 * processes at once. The role needs CREATE on the schema, or on the database where the schema is missing.
 */
export const migrateConsumerTables = async <DB>(db: Kysely<DB>, schema: string): Promise<void> => {
  await db.transaction().execute(async (tx) => {
    await sql`SELECT pg_advisory_xact_lock(${migrationLock})`.execute(tx);
    const known = await sql`SELECT 1 FROM pg_namespace WHERE nspname = ${schema}`.execute(tx);
    if (known.rows.length === 0) await sql`CREATE SCHEMA ${sql.id(schema)}`.execute(tx);
    for (const statement of statements(schema)) await statement.execute(tx);
    // asked first: the change locks the table even where there is nothing to change
    const counted = await sql`SELECT 1 FROM information_schema.columns
      WHERE table_schema = ${schema} AND table_name = 'parked' AND column_name = 'replays'`.execute(tx);
    if (counted.rows.length > 0) return;
    await sql`ALTER TABLE ${sql.id(schema, 'parked')} ADD COLUMN replays integer NOT NULL DEFAULT 0`.execute(tx);
  });
};

const statements = (schema: string) => {
  const table = (name: string) => sql.id(schema, name);
  return [
    sql`CREATE TABLE IF NOT EXISTS ${table('lease')} (
      name text PRIMARY KEY,
      holder text NOT NULL,
      epoch bigint NOT NULL,
      expires_at timestamptz NOT NULL
    )`,
    // its own table: renewing a lease must not wait for the batch that locks the checkpoint
    sql`CREATE TABLE IF NOT EXISTS ${table('checkpoint')} (
      name text PRIMARY KEY,
      version integer NOT NULL,
      epoch bigint NOT NULL,
      commit_position text NOT NULL,
      prepare_position text NOT NULL,
      updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
    ) WITH (fillfactor = 50)`,
    // data and metadata are text: jsonb refuses some of what a poisonous event may hold
    sql`CREATE TABLE IF NOT EXISTS ${table('parked')} (
      name text NOT NULL,
      commit_position numeric(20) NOT NULL,
      prepare_position numeric(20) NOT NULL,
      key text NOT NULL,
      event_id text NOT NULL,
      stream text NOT NULL,
      revision numeric(20) NOT NULL,
      type text NOT NULL,
      data text,
      metadata text,
      recorded_at timestamptz NOT NULL,
      reason text NOT NULL,
      parked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      PRIMARY KEY (name, commit_position, prepare_position)
    )`,
    sql`CREATE INDEX IF NOT EXISTS parked_by_key ON ${table('parked')} (name, key, commit_position, prepare_position)`,
    sql`CREATE TABLE IF NOT EXISTS ${table('effect')} (
      id text PRIMARY KEY,
      sequence bigint GENERATED ALWAYS AS IDENTITY,
      key text NOT NULL,
      kind text NOT NULL,
      due_at timestamptz NOT NULL,
      payload jsonb NOT NULL,
      correlation_id text NOT NULL,
      causation_id text NOT NULL,
      attempts integer NOT NULL DEFAULT 0,
      failures integer NOT NULL DEFAULT 0,
      last_error text,
      created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      parked_at timestamptz,
      closed_at timestamptz
    ) WITH (fillfactor = 70)`,
    sql`CREATE INDEX IF NOT EXISTS effect_due ON ${table('effect')} (due_at, sequence)
      WHERE closed_at IS NULL AND parked_at IS NULL`,
    sql`CREATE INDEX IF NOT EXISTS effect_closed ON ${table('effect')} (closed_at) WHERE closed_at IS NOT NULL`,
    // who works on a key now; a row past its time is free for all
    sql`CREATE TABLE IF NOT EXISTS ${table('effect_key')} (
      key text PRIMARY KEY,
      claim uuid NOT NULL,
      leased_until timestamptz NOT NULL
    )`,
  ];
};
