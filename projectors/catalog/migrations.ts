import { type Kysely, type Migration, sql } from 'kysely';

const shows = (db: Kysely<unknown>) =>
  db.schema
    .createTable('shows')
    .addColumn('id', 'uuid', (c) => c.primaryKey())
    .addColumn('title', 'jsonb', (c) => c.notNull())
    .addColumn('description', 'jsonb', (c) => c.notNull())
    .addColumn('artist_name', 'jsonb', (c) => c.notNull())
    .addColumn('venue', 'jsonb', (c) => c.notNull())
    .addColumn('address', 'jsonb', (c) => c.notNull())
    .addColumn('category', 'text', (c) => c.notNull())
    .addColumn('poster_image_url', 'text')
    .addColumn('sale_start_at', 'timestamptz', (c) => c.notNull())
    .addColumn('sale_end_at', 'timestamptz', (c) => c.notNull())
    .addColumn('hold_seconds', 'integer', (c) => c.notNull())
    .addColumn('max_seats_per_reservation', 'integer', (c) => c.notNull())
    .addColumn('max_seats_per_buyer', 'integer', (c) => c.notNull())
    .addColumn('cancelled_at', 'timestamptz')
    .addColumn('created_at', 'timestamptz', (c) => c.notNull())
    .addColumn('updated_at', 'timestamptz', (c) => c.notNull());

const performances = (db: Kysely<unknown>) =>
  db.schema
    .createTable('performances')
    .addColumn('id', 'uuid', (c) => c.primaryKey())
    .addColumn('show_id', 'uuid', (c) => c.notNull())
    .addColumn('starts_at', 'timestamptz', (c) => c.notNull())
    .addColumn('layout_id', 'uuid', (c) => c.notNull())
    .addColumn('sections', 'jsonb', (c) => c.notNull())
    .addColumn('sale_start_at', 'timestamptz', (c) => c.notNull())
    .addColumn('sale_end_at', 'timestamptz', (c) => c.notNull())
    .addColumn('min_price', 'bigint', (c) => c.notNull())
    .addColumn('max_price', 'bigint', (c) => c.notNull())
    .addColumn('total_seats', 'integer', (c) => c.notNull())
    .addColumn('available_seats', 'integer', (c) => c.notNull())
    .addColumn('held_seats', 'integer', (c) => c.notNull())
    .addColumn('sold_seats', 'integer', (c) => c.notNull())
    .addColumn('seat_status', 'bytea', (c) => c.notNull())
    .addColumn('inventory_revision', 'bigint', (c) => c.notNull())
    .addColumn('cancelled_at', 'timestamptz');

const reservationSeats = (db: Kysely<unknown>) =>
  db.schema
    .createTable('reservation_seats')
    .addColumn('reservation_id', 'uuid', (c) => c.primaryKey())
    .addColumn('performance_id', 'uuid', (c) => c.notNull())
    .addColumn('seats', sql`integer[]`, (c) => c.notNull());

const layouts = (db: Kysely<unknown>) =>
  db.schema
    .createTable('layouts')
    .addColumn('id', 'uuid', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('description', 'text', (c) => c.notNull())
    .addColumn('sections', 'jsonb', (c) => c.notNull())
    .addColumn('total_seats', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'timestamptz', (c) => c.notNull());

const generalAdmission = async (db: Kysely<unknown>): Promise<void> => {
  await db.schema
    .alterTable('performances')
    .alterColumn('layout_id', (c) => c.dropNotNull())
    .alterColumn('min_price', (c) => c.dropNotNull())
    .alterColumn('max_price', (c) => c.dropNotNull())
    .addColumn('map_revision', 'bigint', (c) => c.notNull().defaultTo(0))
    .addColumn('ticket_types', 'jsonb', (c) => c.notNull().defaultTo(sql`'[]'`))
    .addColumn('sales_closed_at', 'timestamptz')
    .addColumn('blocked_seats', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('total_places', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('available_places', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema
    .alterTable('reservation_seats')
    .addColumn('places', 'jsonb', (c) => c.notNull().defaultTo(sql`'[]'`))
    .addColumn('places_sold', 'boolean', (c) => c.notNull().defaultTo(false))
    .execute();
};

const refundPolicies = (db: Kysely<unknown>) =>
  db.schema
    .createTable('refund_policies')
    .addColumn('show_id', 'uuid', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('policy', 'jsonb', (c) => c.notNull())
    .addColumn('set_at', 'timestamptz', (c) => c.notNull())
    .addPrimaryKeyConstraint('refund_policies_pk', ['show_id', 'version']);

/** Tables of the catalog projection in the schema given by name, so that a rebuild can fill another one beside it. */
export const catalogMigrations = (schema: string): Record<string, Migration> => ({
  '0001-tables': {
    up: async (database: Kysely<unknown>) => {
      const db = database.withSchema(schema);
      for (const table of [shows, performances, reservationSeats, layouts]) await table(db).execute();
      await db.schema.createIndex('performances_of_show').on('performances').columns(['show_id', 'starts_at']).execute();
    },
  },
  '0002-general-admission': {
    up: async (database: Kysely<unknown>) => {
      const db = database.withSchema(schema);
      await generalAdmission(db);
      await refundPolicies(db).execute();
    },
  },
});
