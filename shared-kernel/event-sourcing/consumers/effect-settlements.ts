import { type QueryExecutorProvider, sql } from 'kysely';
import { createGatheredWrites } from '../gathered-writes.js';
import type { ClaimedEffect } from './effect-claims.js';

/** What became of an attempt. */
export type Settlement =
  | { readonly kind: 'done' }
  | { readonly kind: 'later'; readonly at: Date }
  | { readonly kind: 'failed'; readonly reason: string; readonly delayMs: number }
  | { readonly kind: 'parked'; readonly reason: string };

type Settled = { readonly effect: ClaimedEffect; readonly settlement: Settlement };

const reasonOf = ({ settlement }: Settled): string | null => ('reason' in settlement ? settlement.reason.slice(0, 2_000) : null);

/**
 * Writes outcomes and frees the keys, unless a lease ran out and the key is another's by now. Rows are locked in the order of their ids, as
 * in closeEffects: the two meet over the same rows all the time.
 */
const settleEffects = async (db: QueryExecutorProvider, schema: string, settled: readonly Settled[]): Promise<void> => {
  const effect = sql.id(schema, 'effect');
  await sql`
    WITH outcome AS MATERIALIZED (
      SELECT * FROM unnest(
        ${settled.map((s) => s.effect.id)}::text[],
        ${settled.map((s) => s.effect.key)}::text[],
        ${settled.map((s) => s.effect.claim)}::uuid[],
        ${settled.map((s) => s.settlement.kind)}::text[],
        ${settled.map((s) => (s.settlement.kind === 'later' ? s.settlement.at.toISOString() : null))}::timestamptz[],
        ${settled.map((s) => (s.settlement.kind === 'failed' ? s.settlement.delayMs : 0))}::float8[],
        ${settled.map(reasonOf)}::text[]) AS t (id, key, claim, kind, at, delay, reason)
    ), locked AS MATERIALIZED (
      SELECT id FROM ${effect} WHERE id = ANY(ARRAY(SELECT id FROM outcome)) AND closed_at IS NULL ORDER BY id FOR UPDATE
    ), freed AS (
      DELETE FROM ${sql.id(schema, 'effect_key')} k USING outcome o
      WHERE k.key = o.key AND k.claim = o.claim AND (SELECT count(*) FROM locked) >= 0
      RETURNING k.key
    )
    UPDATE ${effect} e SET
      closed_at = CASE o.kind WHEN 'done' THEN clock_timestamp() END,
      parked_at = CASE o.kind WHEN 'parked' THEN clock_timestamp() ELSE e.parked_at END,
      due_at = CASE o.kind WHEN 'later' THEN o.at WHEN 'failed' THEN clock_timestamp() + o.delay * interval '1 millisecond' ELSE e.due_at END,
      failures = e.failures + CASE WHEN o.kind IN ('failed', 'parked') THEN 1 ELSE 0 END,
      last_error = coalesce(o.reason, e.last_error)
    FROM outcome o JOIN locked USING (id)
    -- a finished effect is finished even if its lease has run out; every other outcome is the lease holder's to write
    WHERE e.id = o.id AND (o.kind = 'done' OR EXISTS (SELECT 1 FROM freed WHERE freed.key = o.key))`.execute(db);
};

/** Writes the outcomes of attempts: those that come in while a statement is under way go together in the next. */
export const createSettlements = (
  db: QueryExecutorProvider,
  schema: string,
): ((effect: ClaimedEffect, settlement: Settlement) => Promise<void>) => {
  const writes = createGatheredWrites<Settled>({ write: (batch) => settleEffects(db, schema, batch) });
  return (effect, settlement) => writes.add({ effect, settlement });
};
