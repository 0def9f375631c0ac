import { DEFAULT_REFUND_POLICY, type RefundPolicy } from '@tiketi/shared-kernel/contracts/events/refund-policy.js';
import { PerformanceId, type ShowId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { ReservationDatabase } from './database.js';
import type { HeldSeats } from './reservation/opening.js';

type ScheduledPerformance = { readonly performanceId: PerformanceId; readonly showId: ShowId; readonly startsAt: Instant };

/** Written by the show process in the transaction of its checkpoint. */
export const insertPerformances = async (
  tx: Transaction<ReservationDatabase>,
  performances: readonly ScheduledPerformance[],
): Promise<void> => {
  if (performances.length === 0) return;
  await sql`
    insert into performances (performance_id, show_id, starts_at)
    select * from unnest(${performances.map((p) => p.performanceId)}::uuid[], ${performances.map((p) => p.showId)}::uuid[],
      ${performances.map((p) => p.startsAt)}::text[])
    on conflict (performance_id) do nothing`.execute(tx);
};

export const insertRefundPolicy = async (
  tx: Transaction<ReservationDatabase>,
  showId: ShowId,
  policy: RefundPolicy,
): Promise<void> => {
  await sql`
    insert into refund_policies (show_id, version, policy) values (${showId}, ${policy.version}, ${JSON.stringify(policy)}::jsonb)
    on conflict do nothing`.execute(tx);
};

/** The show's performances that had not begun at an instant. */
export const performancesAfter = async (
  tx: Kysely<ReservationDatabase>,
  showId: ShowId,
  instant: Instant,
): Promise<PerformanceId[]> => {
  const rows = await tx
    .selectFrom('performances')
    .select(['performance_id', 'starts_at'])
    .where('show_id', '=', showId)
    .execute();
  const begun = Date.parse(instant);
  return rows.flatMap((row) => (Date.parse(row.starts_at) > begun ? [PerformanceId.parse(row.performance_id)] : []));
};

/** What giving up a paid booking goes by. */
export type CancellationTerms = (held: HeldSeats) => Promise<{ readonly policy: RefundPolicy; readonly startsAt: Instant }>;

/**
 * A booking exists only where its performance was scheduled, in an earlier event of the log, but the process that keeps these rows
 * may not have read as far yet: then this throws, and the caller is told to come again.
 */
export const createCancellationTerms =
  (db: Kysely<ReservationDatabase>): CancellationTerms =>
  async (held) => {
    const performance = await db
      .selectFrom('performances')
      .select('starts_at')
      .where('performance_id', '=', held.performanceId)
      .executeTakeFirst();
    if (performance === undefined) throw new ShowsBehindError('the performance has not been read yet');
    const startsAt = Instant.parse(performance.starts_at);
    if (held.refundPolicyVersion === DEFAULT_REFUND_POLICY.version) return { policy: DEFAULT_REFUND_POLICY, startsAt };
    const row = await db
      .selectFrom('refund_policies')
      .select('policy')
      .where('show_id', '=', held.showId)
      .where('version', '=', held.refundPolicyVersion)
      .executeTakeFirst();
    if (row === undefined) throw new ShowsBehindError('the refund policy has not been read yet');
    return { policy: row.policy, startsAt };
  };

/** What the catalog says of this booking's show has not been read yet. */
export class ShowsBehindError extends Error {
  override readonly name = 'ShowsBehindError';
}
