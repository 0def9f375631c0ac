import { type Kysely, sql } from 'kysely';

/**
 * Deletes bank accounts nobody needs any more: a buyer's `keepDays` after it was given and after the order's last refund was done, a virtual
 * one so long after its due date. One whose refund is still under way stays. Answers how many went.
 */
export const forgetAccounts = async <DB>(db: Kysely<DB>, keepDays: number): Promise<number> => {
  const kept = sql`clock_timestamp() - make_interval(days => ${keepDays})`;
  const refunding = sql`select 1 from refunds r where r.order_id = a.order_id and (r.refunded_at is null or r.refunded_at > ${kept})`;
  const received = await sql`
    delete from refund_accounts a where saved_at < ${kept} and not exists (${refunding})`.execute(db);
  const issued = await sql`delete from virtual_accounts a where due_by < ${kept} and not exists (${refunding})`.execute(db);
  return Number(received.numAffectedRows ?? 0n) + Number(issued.numAffectedRows ?? 0n);
};
