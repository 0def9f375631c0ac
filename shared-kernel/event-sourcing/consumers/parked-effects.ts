import { type QueryExecutorProvider, sql } from 'kysely';

export type ParkedEffect = {
  readonly id: string;
  readonly key: string;
  readonly kind: string;
  readonly failures: number;
  readonly lastError: string | null;
  readonly correlationId: string;
  readonly parkedAt: Date;
};

export const listParkedEffects = async (db: QueryExecutorProvider, schema: string, limit = 1_000): Promise<ParkedEffect[]> => {
  const found = await sql<ParkedEffect>`
    SELECT id, key, kind, failures, last_error AS "lastError", correlation_id AS "correlationId", parked_at AS "parkedAt"
    FROM ${sql.id(schema, 'effect')} WHERE parked_at IS NOT NULL AND closed_at IS NULL
    ORDER BY parked_at LIMIT ${limit}`.execute(db);
  return found.rows;
};

/** Due again at once, with its failures forgiven. False where no such effect is parked. */
export const replayEffect = async (db: QueryExecutorProvider, schema: string, id: string): Promise<boolean> => {
  const replayed = await sql`
    UPDATE ${sql.id(schema, 'effect')} SET parked_at = NULL, failures = 0, due_at = clock_timestamp()
    WHERE id = ${id} AND parked_at IS NOT NULL AND closed_at IS NULL RETURNING id`.execute(db);
  return replayed.rows.length === 1;
};

/** Closed rows only guard against the same effect being asked for twice; after a time the checkpoint does. */
export const purgeClosedEffects = async (db: QueryExecutorProvider, schema: string, keepMs: number): Promise<void> => {
  await sql`DELETE FROM ${sql.id(schema, 'effect')}
    WHERE closed_at < clock_timestamp() - ${keepMs} * interval '1 millisecond'`.execute(db);
};
