import { migrateConsumerTables } from '@tiketi/shared-kernel/event-sourcing/consumers/tables.js';
import { runMigrations } from '@tiketi/shared-kernel/service/database.js';
import { type Kysely, sql } from 'kysely';
import { bookingLogMigrations } from './booking-log/migrations.js';
import { BOOKING_LOG_VERSION } from './booking-log/projection.js';
import { catalogMigrations } from './catalog/migrations.js';
import { CATALOG_VERSION } from './catalog/projection.js';
import { grantReading } from './grants.js';
import { type OwnTables, type Rebuilt, rebuildInPlace } from './rebuild-in-place.js';
import { ticketsMigrations } from './tickets/migrations.js';
import { TICKETS_VERSION } from './tickets/projection.js';

/** Where checkpoints, leases and parked events of all projections are kept. */
export const CONSUMERS_SCHEMA = 'projectors';

/** The role the query API reads with, where the deployment has one. */
const READER = 'tiketi_query';

/** One process at a time: schemas and grants made at once by two refuse each other. */
const MIGRATION_LOCK = 7_251_904_332;

const PROJECTIONS: readonly OwnTables[] = [
  {
    name: 'catalog',
    version: CATALOG_VERSION,
    tables: ['shows', 'performances', 'reservation_seats', 'layouts', 'refund_policies'],
  },
  { name: 'tickets', version: TICKETS_VERSION, tables: ['reservations', 'shows', 'performances'] },
  { name: 'booking_log', version: BOOKING_LOG_VERSION, tables: ['entries'] },
];

/**
 * Brings every schema of the read side up to date and sets projections of an older version back to be built anew (which ones it
 * says); safe to repeat and to run from several processes at once. Takes two connections.
 */
export const migrate = async <DB>(db: Kysely<DB>): Promise<readonly Rebuilt[]> =>
  db.connection().execute(async (guard) => {
    await sql`SELECT pg_advisory_lock(${MIGRATION_LOCK})`.execute(guard);
    try {
      await migrateConsumerTables(db, CONSUMERS_SCHEMA);
      await runMigrations(db, 'catalog', catalogMigrations('catalog'));
      await runMigrations(db, 'tickets', ticketsMigrations('tickets'));
      await runMigrations(db, 'booking_log', bookingLogMigrations('booking_log'));
      const rebuilt: Rebuilt[] = [];
      for (const own of PROJECTIONS) {
        const one = await rebuildInPlace(db, CONSUMERS_SCHEMA, own);
        if (one !== undefined) rebuilt.push(one);
      }
      for (const schema of [CONSUMERS_SCHEMA, ...PROJECTIONS.map(({ name }) => name)]) await grantReading(db, schema, READER);
      return rebuilt;
    } finally {
      await sql`SELECT pg_advisory_unlock(${MIGRATION_LOCK})`.execute(guard);
    }
  });
