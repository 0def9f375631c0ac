import { type QueryExecutorProvider, sql } from 'kysely';

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** Something a saga wants done once, at or after `dueAt`. What it does must name its own guard: it may run twice. */
export type NewEffect = {
  /** Deterministic, so that the same event handled again asks for the same effect. */
  readonly id: string;
  /** Effects of one key run one at a time, in order of their due times. */
  readonly key: string;
  readonly kind: string;
  readonly dueAt: Date;
  readonly payload: JsonValue;
  readonly correlationId: string;
  readonly causationId: string;
};

/**
 * Writes effect rows in the caller's transaction. An id already known, open or closed, is left as it is; nobody may count on that, as what is
 * wanted and settled in one batch never has a row.
 */
export const addEffects = async (tx: QueryExecutorProvider, schema: string, effects: readonly NewEffect[]): Promise<void> => {
  if (effects.length === 0) return;
  await sql`
    INSERT INTO ${sql.id(schema, 'effect')} (id, key, kind, due_at, payload, correlation_id, causation_id)
    SELECT * FROM unnest(
      ${effects.map((e) => e.id)}::text[],
      ${effects.map((e) => e.key)}::text[],
      ${effects.map((e) => e.kind)}::text[],
      ${effects.map((e) => e.dueAt.toISOString())}::timestamptz[],
      ${effects.map((e) => JSON.stringify(e.payload))}::jsonb[],
      ${effects.map((e) => e.correlationId)}::text[],
      ${effects.map((e) => e.causationId)}::text[])
    ON CONFLICT (id) DO NOTHING`.execute(tx);
};

/** The outcome is known: these need not run (again). Unknown ids are ignored. */
export const closeEffects = async (tx: QueryExecutorProvider, schema: string, ids: readonly string[]): Promise<void> => {
  if (ids.length === 0) return;
  await sql`
    WITH locked AS MATERIALIZED (
      SELECT id FROM ${sql.id(schema, 'effect')} WHERE id = ANY(${ids}::text[]) AND closed_at IS NULL ORDER BY id FOR UPDATE
    )
    UPDATE ${sql.id(schema, 'effect')} e SET closed_at = clock_timestamp()
    FROM locked WHERE e.id = locked.id`.execute(tx);
};
