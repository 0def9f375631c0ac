import type { OrderId } from '@tiketi/shared-kernel/contracts/ids.js';
import { PaymentKey } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { ProviderTransaction } from '../provider.js';
import { paymentKeyHash } from '../records/projection.js';
import type { RecordTables } from '../records/tables.js';

/** The provider's steps of one order in the period, by payment key. */
type Lines = Map<string, ProviderTransaction[]>;
export type ProviderOrders = ReadonlyMap<string, Lines>;

/** Reads the provider's books of a period and sorts them by order. Throws what reading them throws. */
export const byOrder = async (transactions: AsyncIterable<ProviderTransaction>): Promise<Map<string, Lines>> => {
  const orders = new Map<string, Lines>();
  for await (const line of transactions) {
    const lines = orders.get(line.orderId) ?? new Map<string, ProviderTransaction[]>();
    lines.set(line.paymentKey, [...(lines.get(line.paymentKey) ?? []), line]);
    orders.set(line.orderId, lines);
  }
  return orders;
};

/** How an order stands in our records, as far as they have read. */
export type OwnRow = {
  readonly order_id: OrderId;
  readonly kind: 'booking' | 'points';
  readonly status: string;
  readonly card_amount: string;
  readonly point_amount: string;
  readonly payment_key_hash: Buffer | null;
  readonly refunded_card: string;
  readonly open_refunds: string;
};

const rowsWhere = (condition: ReturnType<typeof sql>) => sql<OwnRow>`
  select p.order_id, p.kind, p.status, p.card_amount, p.point_amount, p.payment_key_hash,
    coalesce(sum(r.card_amount) filter (where r.refunded_at is not null), 0) as refunded_card,
    count(r.refund_id) filter (where r.refunded_at is null) as open_refunds
  from payments p left join refunds r using (order_id)
  where ${condition} group by p.order_id`;

/** Our rows of these orders. */
export const rowsOf = async (db: Kysely<RecordTables>, orderIds: readonly string[]): Promise<Map<string, OwnRow>> => {
  const rows = new Map<string, OwnRow>();
  for (let from = 0; from < orderIds.length; from += 1000) {
    const some = orderIds.slice(from, from + 1000);
    const found = await rowsWhere(sql`p.order_id = any(${some}::text[])`).execute(db);
    for (const row of found.rows) rows.set(row.order_id, row);
  }
  return rows;
};

/** Our orders that were charged, refunded or changed points in the period, and those with a refund open since before its end. */
export const rowsOfPeriod = async (db: Kysely<RecordTables>, from: Date, to: Date): Promise<readonly OwnRow[]> => {
  const period = (time: ReturnType<typeof sql>) => sql`${time} between ${from} and ${to}`;
  const { rows } = await rowsWhere(sql`
    ${period(sql`p.approved_at`)}
    or ((p.point_amount > 0 or p.kind = 'points') and p.status <> 'prepared' and ${period(sql`p.updated_at`)})
    or exists (select 1 from refunds o where o.order_id = p.order_id
      and (${period(sql`o.refunded_at`)} or (o.refunded_at is null and o.requested_at <= ${to})))`).execute(db);
  return rows;
};

const WAITING = 'WAITING_FOR_DEPOSIT';

/** The same order charged once, by its own payment, for its amount, and given back what we say was given back. */
const isSameCharge = (row: OwnRow, key: string, steps: readonly ProviderTransaction[]): boolean => {
  const charges = steps.filter(({ status }) => status === 'DONE');
  const back = steps.reduce((sum, { status, amount }) => sum + (status.endsWith('CANCELED') ? amount : 0), 0);
  // a deposit the bank took back waits again after it was paid
  const last = steps.filter(({ status }) => status === 'DONE' || status === WAITING).at(-1);
  return (
    row.status === 'approved' &&
    row.payment_key_hash?.equals(paymentKeyHash(PaymentKey.parse(key))) === true &&
    charges.length === 1 &&
    last?.status === 'DONE' &&
    charges[0]?.amount === Number(row.card_amount) &&
    back === Number(row.refunded_card) &&
    Number(row.open_refunds) === 0
  );
};

/** Whether the provider's lines and our row tell the same story without anybody being asked. */
export const isMatched = (row: OwnRow, lines: Lines): boolean => {
  const [only, ...others] = lines.entries();
  if (only === undefined || others.length > 0) return false;
  const [key, steps] = only;
  const neverPaid = steps.every(({ status }) => status === WAITING || status === 'CANCELED');
  return neverPaid && row.status !== 'approved' ? true : isSameCharge(row, key, steps);
};
