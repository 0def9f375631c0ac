import { randomUUID } from 'node:crypto';
import { type QueryExecutorProvider, sql } from 'kysely';
import type { JsonValue } from './effects.js';

export type Effect = {
  readonly id: string;
  readonly key: string;
  readonly kind: string;
  readonly dueAt: Date;
  /** As stored: the handler parses it. */
  readonly payload: JsonValue;
  readonly correlationId: string;
  readonly causationId: string;
  /** 1 the first time. */
  readonly attempt: number;
};

export type ClaimedEffect = Effect & { readonly claim: string; readonly failures: number; readonly lateMs: number };

type ClaimedRow = {
  id: string;
  key: string;
  kind: string;
  due_at: Date;
  payload: JsonValue;
  correlation_id: string;
  causation_id: string;
  attempts: number;
  failures: number;
  late_ms: number;
};

/**
 * Takes up to `limit` due effects, each the first of its key, and leases their keys. Rows another process is claiming
 * are skipped, not passed over in favour of later ones of their key; two claims that see the same free key meet in the unique key row, and one of them goes without.
 * What is due is judged by the statement's own time: an index is searched by a value that stands still, while a running clock would have
 * every open effect looked at.
 */
export const claimEffects = async (
  db: QueryExecutorProvider,
  schema: string,
  o: { readonly kinds: readonly string[]; readonly limit: number; readonly leaseMs: (kind: string) => number },
): Promise<ClaimedEffect[]> => {
  const claim = randomUUID();
  const effect = sql.id(schema, 'effect');
  const effectKey = sql.id(schema, 'effect_key');
  const claimed = await sql<ClaimedRow>`
    WITH ahead AS MATERIALIZED (
      SELECT id, key, due_at, sequence FROM ${effect} e
      WHERE closed_at IS NULL AND parked_at IS NULL AND due_at <= statement_timestamp() AND kind = ANY(${o.kinds}::text[])
        AND NOT EXISTS (SELECT 1 FROM ${effectKey} k WHERE k.key = e.key AND k.leased_until > statement_timestamp())
      ORDER BY due_at, sequence LIMIT ${o.limit}
    ), first AS MATERIALIZED (
      SELECT DISTINCT ON (key) id FROM ahead ORDER BY key, due_at, sequence
    ), due AS MATERIALIZED (
      SELECT e.id, e.key, e.kind FROM ${effect} e
      WHERE e.id = ANY(ARRAY(SELECT id FROM first)) AND closed_at IS NULL AND parked_at IS NULL AND due_at <= statement_timestamp()
      FOR UPDATE OF e SKIP LOCKED
    ), leased AS (
      INSERT INTO ${effectKey} AS k (key, claim, leased_until)
      SELECT key, ${claim}::uuid, clock_timestamp() + ms * interval '1 millisecond'
      FROM due JOIN unnest(${o.kinds}::text[], ${o.kinds.map(o.leaseMs)}::float8[]) AS terms (kind, ms) USING (kind) ORDER BY key
      ON CONFLICT (key) DO UPDATE SET claim = excluded.claim, leased_until = excluded.leased_until
        WHERE k.leased_until <= clock_timestamp()
      RETURNING key
    )
    UPDATE ${effect} e SET attempts = attempts + 1
    FROM due JOIN leased USING (key) WHERE e.id = due.id
    RETURNING e.id, e.key, e.kind, e.due_at, e.payload, e.correlation_id, e.causation_id, e.attempts, e.failures,
      (extract(epoch FROM clock_timestamp() - e.due_at) * 1000)::float8 AS late_ms`.execute(db);
  return claimed.rows.map((row) => ({
    id: row.id,
    key: row.key,
    kind: row.kind,
    dueAt: row.due_at,
    payload: row.payload,
    correlationId: row.correlation_id,
    causationId: row.causation_id,
    attempt: row.attempts,
    failures: row.failures,
    lateMs: row.late_ms,
    claim,
  }));
};

/** Milliseconds until the next effect is due; 0 or less when one is due and its key is busy; undefined without any. */
export const nextDueMs = async (
  db: QueryExecutorProvider,
  schema: string,
  kinds: readonly string[],
): Promise<number | undefined> => {
  const found = await sql<{ ms: number | null }>`
    SELECT (extract(epoch FROM min(due_at) - clock_timestamp()) * 1000)::float8 AS ms FROM (
      SELECT due_at FROM ${sql.id(schema, 'effect')} e
      WHERE closed_at IS NULL AND parked_at IS NULL AND kind = ANY(${kinds}::text[])
        AND NOT EXISTS (SELECT 1 FROM ${sql.id(schema, 'effect_key')} k WHERE k.key = e.key AND k.leased_until > statement_timestamp())
      ORDER BY due_at LIMIT 1) AS next`.execute(db);
  return found.rows[0]?.ms ?? undefined;
};
