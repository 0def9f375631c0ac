import { type QueryExecutorProvider, sql } from 'kysely';

export type ParkedEffect = {
  readonly id: string;
  readonly key: string;
  readonly kind: string;
  readonly attempts: number;
  readonly failures: number;
  readonly lastError: string | null;
  readonly correlationId: string;
  readonly parkedAt: Date;
};

export const listParkedEffects = async (db: QueryExecutorProvider, schema: string, limit = 1_000): Promise<ParkedEffect[]> => {
  const found = await sql<ParkedEffect>`
    SELECT id, key, kind, attempts, failures, last_error AS "lastError", correlation_id AS "correlationId", parked_at AS "parkedAt"
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

/**
 * As `replayEffect`, of these kinds and of those named (all without), but each gets one try: another failure sets it aside again.
 * Answers which.
 */
export const tryEffectsOnce = async (
  db: QueryExecutorProvider,
  schema: string,
  o: { readonly kinds: readonly string[]; readonly id?: string },
): Promise<string[]> => {
  const only = o.id === undefined ? sql`` : sql`AND id = ${o.id}`;
  const tried = await sql<{ id: string }>`
    UPDATE ${sql.id(schema, 'effect')} SET parked_at = NULL, due_at = clock_timestamp()
    WHERE parked_at IS NOT NULL AND closed_at IS NULL AND kind = ANY(${o.kinds}::text[]) ${only} RETURNING id`.execute(db);
  return tried.rows.map(({ id }) => id);
};

export type EffectStanding = {
  readonly standing: 'closed' | 'parked' | 'open';
  readonly reason: string | null;
};

/** How effects stand now. Ids that are unknown are left out. */
export const effectStandings = async (
  db: QueryExecutorProvider,
  schema: string,
  ids: readonly string[],
): Promise<EffectStanding[]> => {
  const found = await sql<EffectStanding>`
    SELECT CASE WHEN closed_at IS NOT NULL THEN 'closed' WHEN parked_at IS NOT NULL THEN 'parked' ELSE 'open' END AS standing,
      last_error AS reason
    FROM ${sql.id(schema, 'effect')} WHERE id = ANY(${ids}::text[])`.execute(db);
  return found.rows;
};

/** Closed rows only guard against the same effect being asked for twice; after a time the checkpoint does. */
export const purgeClosedEffects = async (db: QueryExecutorProvider, schema: string, keepMs: number): Promise<void> => {
  await sql`DELETE FROM ${sql.id(schema, 'effect')}
    WHERE closed_at < clock_timestamp() - ${keepMs} * interval '1 millisecond'`.execute(db);
};
