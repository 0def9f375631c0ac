import { beginning } from '@tiketi/shared-kernel/event-sourcing/consumers/position.js';
import { type Kysely, sql } from 'kysely';

export type OwnTables = {
  /** The projection's; the schema its tables are in is called the same. */
  readonly name: string;
  readonly version: number;
  readonly tables: readonly string[];
};

export type Rebuilt = { readonly projection: string; readonly from: number; readonly to: number };

/**
 * Empties the tables of a projection whose rows an older version built and sets it back to the beginning of the log, so that this
 * version builds them anew. Until it has caught up answers lack what it has not read yet, and a query that waits for a position is
 * told it is stale. One transaction, under the row its batches are fenced by: a runner of the older version loses its lease and stops.
 * Rows of a newer version stay as they are; that projection stops visibly. Undefined where nothing was to be done.
 */
export const rebuildInPlace = async <DB>(db: Kysely<DB>, consumers: string, own: OwnTables): Promise<Rebuilt | undefined> =>
  db.transaction().execute(async (tx) => {
    const checkpoint = sql.table(`${consumers}.checkpoint`);
    const found = await sql<{ version: number }>`
      SELECT version FROM ${checkpoint} WHERE name = ${own.name} FOR UPDATE`.execute(tx);
    const from = found.rows[0]?.version;
    if (from === undefined || from >= own.version) return undefined;
    await sql`
      UPDATE ${checkpoint} SET version = ${own.version}, commit_position = ${beginning.commit.toString()},
        prepare_position = ${beginning.prepare.toString()}, updated_at = clock_timestamp()
      WHERE name = ${own.name}`.execute(tx);
    await sql`DELETE FROM ${sql.table(`${consumers}.parked`)} WHERE name = ${own.name}`.execute(tx);
    await sql`TRUNCATE ${sql.join(own.tables.map((table) => sql.table(`${own.name}.${table}`)))}`.execute(tx);
    return { projection: own.name, from, to: own.version };
  });
