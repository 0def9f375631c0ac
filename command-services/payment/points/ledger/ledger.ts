import type { OrderId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { type Kysely, sql } from 'kysely';
import type { PointsLedgerTables } from './tables.js';
import type { PointsTransaction } from './transactions.js';

/** Something the ledger must never say. `subject`: a transaction, an account, or all of it. */
export type LedgerFault = {
  readonly kind: 'unbalanced' | 'negative';
  readonly subject: string;
  /** What is left over, or how far below zero the account once was. */
  readonly amount: bigint;
};

/** Points of one order by what became of them, in won. */
export type OrderTotals = { readonly [K in PointsTransaction['kind']]: number };

const NOTHING: OrderTotals = { charge: 0, hold: 0, capture: 0, void: 0, refund: 0 };

/** Questions to the ledger: as far as its consumer has read. */
export const createPointsLedger = (db: Kysely<PointsLedgerTables>) => ({
  /** What each of these orders did with points; orders the ledger does not know are absent. */
  totals: async (orderIds: readonly OrderId[]): Promise<ReadonlyMap<OrderId, OrderTotals>> => {
    const totals = new Map<OrderId, OrderTotals>();
    if (orderIds.length === 0) return totals;
    const { rows } = await sql<{ order_id: OrderId; kind: PointsTransaction['kind']; amount: string }>`
      select order_id, kind, sum(amount) as amount from points_transactions
      where order_id = any(${orderIds}::text[]) group by order_id, kind`.execute(db);
    for (const { order_id, kind, amount } of rows) {
      totals.set(order_id, { ...(totals.get(order_id) ?? NOTHING), [kind]: Number(amount) });
    }
    return totals;
  },

  /** What the ledger says a buyer has, in won: the same as the fold of the buyer's stream once it has read that far. */
  balance: async (userId: UserId): Promise<{ readonly available: number; readonly held: number }> => {
    const { rows } = await sql<{ available: string; held: string }>`
      select coalesce(sum(amount) filter (where account = ${`available:${userId}`}), 0) as available,
             coalesce(sum(amount) filter (where account = ${`held:${userId}`}), 0) as held
      from points_entries where account in (${`available:${userId}`}, ${`held:${userId}`})`.execute(db);
    return { available: Number(rows[0]?.available ?? 0), held: Number(rows[0]?.held ?? 0) };
  },

  /**
   * Checks every transaction and all of them together: each adds up to nothing over exactly two accounts, and no buyer's account was
   * below zero after any of the buyer's transactions. Reads the whole ledger.
   */
  faults: async (): Promise<readonly LedgerFault[]> => {
    const { rows } = await sql<{ kind: LedgerFault['kind']; subject: string; amount: string }>`
      select 'unbalanced' as kind, t.transaction_id as subject, coalesce(sum(e.amount), 0) as amount
      from points_transactions t left join points_entries e using (transaction_id)
      group by t.transaction_id, t.amount
      having coalesce(sum(e.amount), 0) <> 0 or count(e.account) <> 2 or max(e.amount) is distinct from t.amount
      union all
      select 'unbalanced', 'all of it', sum(amount) from points_entries having sum(amount) <> 0
      union all
      select 'negative', account, min(balance) from (
        select account, sum(e.amount) over (partition by account order by t.revision) as balance
        from points_entries e join points_transactions t using (transaction_id)
        where account like 'available:%' or account like 'held:%'
      ) prefixes where balance < 0 group by account
      order by 1, 2`.execute(db);
    return rows.map(({ kind, subject, amount }) => ({ kind, subject, amount: BigInt(amount) }));
  },
});

export type PointsLedger = ReturnType<typeof createPointsLedger>;
