import type { OrderId } from '@tiketi/shared-kernel/contracts/ids.js';
import { type Kysely, sql } from 'kysely';
import type { Difference, DifferenceKind } from './compare.js';
import type { ReconciliationTables } from './tables.js';

/** What a run of the reconciliation did and found. Times are ISO 8601, `status` null while it runs. */
export type Report = {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly startedBy: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly status: 'done' | 'failed' | null;
  readonly transactions: number | null;
  readonly orders: number | null;
  readonly error: string | null;
  readonly open: number;
  readonly repaired: number;
};

export type ReportedDifference = {
  readonly orderId: string;
  readonly kind: DifferenceKind;
  readonly status: 'open' | 'repaired';
  readonly figures: Difference['figures'];
  readonly note: string;
  readonly foundAt: string;
  readonly repairedAt: string | null;
};

type Begun = { readonly id: string; readonly from: Date; readonly to: Date; readonly startedBy: string };

/** The rows reconciliations leave behind. */
export const createReports = (db: Kysely<ReconciliationTables>) => {
  const list = async (id?: string): Promise<readonly Report[]> => {
    const { rows } = await sql<{
      id: string;
      period_from: Date;
      period_to: Date;
      started_by: string;
      started_at: Date;
      ended_at: Date | null;
      status: Report['status'];
      transactions: number | null;
      orders: number | null;
      error: string | null;
      open: string;
      repaired: string;
    }>`
      select r.*, count(d.kind) filter (where d.status = 'open') as open, count(d.kind) filter (where d.status = 'repaired') as repaired
      from reconciliations r left join differences d on d.last_run = r.id
      ${id === undefined ? sql`` : sql`where r.id = ${id}::uuid`}
      group by r.id order by r.started_at desc limit 100`.execute(db);
    return rows.map((row) => ({
      id: row.id,
      from: row.period_from.toISOString(),
      to: row.period_to.toISOString(),
      startedBy: row.started_by,
      startedAt: row.started_at.toISOString(),
      endedAt: row.ended_at?.toISOString() ?? null,
      status: row.status,
      transactions: row.transactions,
      orders: row.orders,
      error: row.error,
      open: Number(row.open),
      repaired: Number(row.repaired),
    }));
  };

  return {
    list: () => list(),

    one: async (id: string): Promise<(Report & { readonly differences: readonly ReportedDifference[] }) | undefined> => {
      const [report] = await list(id);
      if (report === undefined) return undefined;
      const rows = await db
        .selectFrom('differences')
        .selectAll()
        .where((d) => d.or([d('last_run', '=', id), d('first_run', '=', id)]))
        .orderBy('found_at')
        .execute();
      const differences = rows.map((row) => ({
        orderId: row.order_id,
        kind: row.kind,
        status: row.status,
        figures: row.figures,
        note: row.note,
        foundAt: row.found_at.toISOString(),
        repairedAt: row.repaired_at?.toISOString() ?? null,
      }));
      return { ...report, differences };
    },

    /** Whether a run began so recently (milliseconds). */
    beganWithin: async (ms: number): Promise<boolean> => {
      const { rows } = await sql`
        select 1 from reconciliations where started_at > clock_timestamp() - make_interval(secs => ${ms / 1000}) limit 1`.execute(
        db,
      );
      return rows.length > 0;
    },

    /** Up to when (milliseconds) everything has been looked at; undefined where no run has ever ended well. */
    doneUntil: async (): Promise<number | undefined> => {
      const { rows } = await sql<{ until: Date | null }>`
        select max(period_to) as until from reconciliations where status = 'done'`.execute(db);
      return rows[0]?.until?.getTime();
    },

    /** Also closes what a process that died left unfinished; the caller holds the lock. */
    begin: async ({ id, from, to, startedBy }: Begun): Promise<void> => {
      await sql`
        update reconciliations set status = 'failed', error = 'its process ended', ended_at = clock_timestamp()
        where status is null`.execute(db);
      await db
        .insertInto('reconciliations')
        .values({
          ...{ id, period_from: from, period_to: to, started_by: startedBy },
          ...{ ended_at: null, status: null, transactions: null, orders: null, error: null },
        })
        .execute();
    },

    end: async (
      id: string,
      end: { readonly transactions: number; readonly orders: number } | { readonly error: string },
    ): Promise<void> => {
      const changes =
        'error' in end ? { status: 'failed' as const, error: end.error.slice(0, 500) } : { status: 'done' as const, ...end };
      await db
        .updateTable('reconciliations')
        .set({ ...changes, ended_at: sql<Date>`clock_timestamp()` })
        .where('id', '=', id)
        .execute();
    },

    /** One row for an order and a kind of difference, however often it is found. */
    note: async (
      run: string,
      orderId: OrderId,
      { kind, figures }: Difference,
      outcome: { readonly status: 'open' | 'repaired'; readonly note: string },
    ): Promise<void> => {
      const row = {
        ...outcome,
        figures: JSON.stringify(figures),
        last_run: run,
        seen_at: sql<Date>`clock_timestamp()`,
        repaired_at: outcome.status === 'repaired' ? sql<Date>`clock_timestamp()` : null,
      };
      await db
        .insertInto('differences')
        .values({ order_id: orderId, kind, first_run: run, ...row })
        .onConflict((conflict) => conflict.columns(['order_id', 'kind']).doUpdateSet(row))
        .execute();
    },

    openOrders: async (): Promise<readonly string[]> => {
      const rows = await db.selectFrom('differences').select('order_id').distinct().where('status', '=', 'open').execute();
      return rows.map(({ order_id }) => order_id);
    },

    /** What is no longer found of an order is over: somebody has repaired it. */
    settle: async (run: string, orderId: string, still: readonly DifferenceKind[]): Promise<void> => {
      await sql`
        update differences set status = 'repaired', repaired_at = clock_timestamp(), last_run = ${run}::uuid,
          note = note || '; no longer found'
        where order_id = ${orderId} and status = 'open' and not (kind = any(${still}::text[]))`.execute(db);
    },
  };
};

export type Reports = ReturnType<typeof createReports>;
