import { type Kysely, sql } from 'kysely';

/**
 * Lets a role read all tables of a schema, also those still to come, if the role exists in this database server.
 * Asked at every start: the reader may have been created after the tables.
 */
export const grantReading = async <DB>(db: Kysely<DB>, schema: string, reader: string): Promise<void> => {
  const found = await sql`SELECT 1 FROM pg_roles WHERE rolname = ${reader}`.execute(db);
  if (found.rows.length === 0) return;
  const [s, r] = [sql.id(schema), sql.id(reader)];
  await sql`GRANT USAGE ON SCHEMA ${s} TO ${r}`.execute(db);
  await sql`GRANT SELECT ON ALL TABLES IN SCHEMA ${s} TO ${r}`.execute(db);
  await sql`ALTER DEFAULT PRIVILEGES IN SCHEMA ${s} GRANT SELECT ON TABLES TO ${r}`.execute(db);
};
