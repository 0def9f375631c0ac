import { DEFAULT_REFUND_POLICY, type RefundPolicy } from '@tiketi/shared-kernel/contracts/events/refund-policy.js';
import type { ShowId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Catalog } from '../database.js';

/** The version of a show's refund policy asked for, else the one new reservations fall under; undefined where there is none. */
export const refundPolicy = async (
  db: Catalog,
  showId: ShowId,
  version: number | undefined,
): Promise<RefundPolicy | undefined> => {
  let query = db
    .withSchema('catalog')
    .selectFrom('shows as s')
    .leftJoin('refund_policies as p', (join) => {
      const ofShow = join.onRef('p.show_id', '=', 's.id');
      return version === undefined ? ofShow : ofShow.on('p.version', '=', version);
    })
    .select('p.policy')
    .where('s.id', '=', showId);
  if (version === undefined) query = query.orderBy('p.version', (order) => order.desc().nullsLast()).limit(1);
  const row = await query.executeTakeFirst();
  if (row === undefined) return undefined;
  if (row.policy !== null) return row.policy;
  return version === undefined || version === DEFAULT_REFUND_POLICY.version ? DEFAULT_REFUND_POLICY : undefined;
};
