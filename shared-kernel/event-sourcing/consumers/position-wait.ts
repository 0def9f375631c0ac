import { type Kysely, sql } from 'kysely';

export type PositionWait = (commit: bigint, timeoutMs: number) => Promise<'reached' | 'stale'>;

type Waiter = { readonly commit: bigint; readonly settle: (answer: 'reached' | 'stale') => void };

/**
 * Waits until the consumer's durable checkpoint has passed a commit position. However many wait, one query at a
 * time asks for the checkpoint, and none when nobody waits. A database that cannot be asked counts as not there yet.
 */
export const createPositionWait = <DB>(o: {
  readonly db: Kysely<DB>;
  readonly schema: string;
  readonly name: string;
  readonly pollMs?: number;
}): PositionWait => {
  const waiters = new Set<Waiter>();
  let reached = -1n;
  let polling = false;

  const look = async (): Promise<void> => {
    const found = await sql<{ commit_position: string }>`
      SELECT commit_position FROM ${sql.id(o.schema, 'checkpoint')} WHERE name = ${o.name}`.execute(o.db);
    const row = found.rows[0];
    if (row !== undefined) reached = BigInt(row.commit_position);
    for (const waiter of waiters) if (waiter.commit <= reached) waiter.settle('reached');
  };

  const poll = async (): Promise<void> => {
    polling = true;
    while (waiters.size > 0) {
      await look().catch(() => undefined);
      if (waiters.size > 0) await new Promise((resolve) => setTimeout(resolve, o.pollMs ?? 10));
    }
    polling = false;
  };

  return (commit, timeoutMs) => {
    if (commit <= reached) return Promise.resolve('reached');
    return new Promise((resolve) => {
      const waiter: Waiter = {
        commit,
        settle: (answer) => {
          clearTimeout(timer);
          waiters.delete(waiter);
          resolve(answer);
        },
      };
      const timer = setTimeout(() => waiter.settle('stale'), timeoutMs);
      waiters.add(waiter);
      if (!polling) void poll();
    });
  };
};
