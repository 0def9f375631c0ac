import { type Kysely, type Migration, sql } from 'kysely';

const reservations = (db: Kysely<unknown>) =>
  db.schema
    .createTable('reservations')
    .addColumn('id', 'uuid', (c) => c.primaryKey())
    .addColumn('reservation_number', 'text', (c) => c.notNull())
    .addColumn('user_id', 'uuid', (c) => c.notNull())
    .addColumn('show_id', 'uuid', (c) => c.notNull())
    .addColumn('performance_id', 'uuid', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('payment_status', 'text', (c) => c.notNull())
    .addColumn('order_id', 'text')
    .addColumn('items', 'jsonb', (c) => c.notNull())
    .addColumn('total_amount', 'bigint', (c) => c.notNull())
    .addColumn('expires_at', 'timestamptz', (c) => c.notNull())
    .addColumn('created_at', 'timestamptz', (c) => c.notNull())
    .addColumn('updated_at', 'timestamptz', (c) => c.notNull());

const shows = (db: Kysely<unknown>) =>
  db.schema
    .createTable('shows')
    .addColumn('id', 'uuid', (c) => c.primaryKey())
    .addColumn('title', 'jsonb', (c) => c.notNull())
    .addColumn('venue', 'jsonb', (c) => c.notNull());

const performances = (db: Kysely<unknown>) =>
  db.schema
    .createTable('performances')
    .addColumn('id', 'uuid', (c) => c.primaryKey())
    .addColumn('show_id', 'uuid', (c) => c.notNull())
    .addColumn('starts_at', 'timestamptz', (c) => c.notNull());

/** Tables of the tickets projection in the schema given by name, so that a rebuild can fill another one beside it. */
export const ticketsMigrations = (schema: string): Record<string, Migration> => ({
  '0001-tables': {
    up: async (database: Kysely<unknown>) => {
      const db = database.withSchema(schema);
      for (const table of [reservations, shows, performances]) await table(db).execute();
      await sql`create index reservations_of_buyer on ${sql.table(`${schema}.reservations`)} (user_id, created_at desc, id desc)`.execute(
        db,
      );
    },
  },
  '0002-refunds': {
    up: async (database: Kysely<unknown>) => {
      await database
        .withSchema(schema)
        .schema.alterTable('reservations')
        .addColumn('refunded_amount', 'bigint', (c) => c.notNull().defaultTo(0))
        .addColumn('refund_due', 'bigint')
        .addColumn('cancel_cause', 'text')
        .execute();
    },
  },
});
