import type { PointsHistory } from '@tiketi/shared-kernel/contracts/http/payments.js';
import { OrderId, type UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { instantOf } from '@tiketi/shared-kernel/contracts/time.js';
import type { Kysely } from 'kysely';
import type { PointsLedgerTables } from './tables.js';

type Item = PointsHistory['items'][number];

/** A hold that came to nothing is no entry of the history; one that was captured is a use. */
const SHOWN = ['charge', 'capture', 'refund'] as const;
const TYPES = {
  charge: ['CHARGE', 1],
  capture: ['USE', -1],
  refund: ['REFUND', 1],
} as const satisfies Record<(typeof SHOWN)[number], readonly [Item['type'], 1 | -1]>;

export type PageOfHistory = { readonly limit: number; readonly before: string | undefined };

/** A buyer's own history, newest first. `before` is the cursor of the page before it: the revision of that page's last entry. */
export const createPointsHistory =
  (db: Kysely<PointsLedgerTables>) =>
  async (userId: UserId, { limit, before }: PageOfHistory): Promise<PointsHistory> => {
    const rows = await db
      .selectFrom('points_transactions')
      .select(['event_id', 'revision', 'order_id', 'kind', 'amount', 'at'])
      .where('user_id', '=', userId)
      .where('kind', 'in', SHOWN)
      .$if(before !== undefined, (query) => query.where('revision', '<', before ?? ''))
      .orderBy('revision', 'desc')
      .limit(limit + 1)
      .execute();
    const page = rows.slice(0, limit);
    const items = page.flatMap(({ event_id, order_id, kind, amount, at }): Item[] => {
      if (kind === 'hold' || kind === 'void') return [];
      const [type, sign] = TYPES[kind];
      const orderId = OrderId.parse(order_id);
      return [{ id: event_id, type, amount: sign * Number(amount), orderId, at: instantOf(at.getTime()) }];
    });
    return { items, nextCursor: rows.length > limit ? (page.at(-1)?.revision ?? null) : null };
  };
