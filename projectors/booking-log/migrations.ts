import { type Kysely, type Migration, sql } from 'kysely';

/** The booking log's table in the schema given by name, so that a rebuild can fill another one beside it. */
export const bookingLogMigrations = (schema: string): Record<string, Migration> => ({
  '0001-entries': {
    up: async (db: Kysely<unknown>) => {
      // facts are json, not jsonb: they are only ever read as a whole, and cost less to write
      await sql`
        create table ${sql.table(`${schema}.entries`)} (
          reservation_id uuid not null,
          commit_position bigint not null,
          revision bigint not null,
          recorded_at timestamptz not null,
          event_id uuid not null,
          stream text not null,
          type text not null,
          actor_role text not null,
          actor_service text,
          causation_id text not null,
          facts json not null,
          primary key (reservation_id, commit_position)
        )`.execute(db);
    },
  },
});
