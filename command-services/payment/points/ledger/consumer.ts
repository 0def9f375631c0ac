import { type PointsEvent, pointsEvents } from '@tiketi/shared-kernel/contracts/events/points.js';
import { createCodec, type Recorded } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import { defineProjection, type Projection } from '@tiketi/shared-kernel/event-sourcing/projections/projection.js';
import { sql, type Transaction } from 'kysely';
import type { PointsLedgerTables } from './tables.js';
import { transactionOf } from './transactions.js';

const record = async (tx: Transaction<PointsLedgerTables>, events: readonly Recorded<PointsEvent>[]): Promise<void> => {
  const moved = events.map((event) => ({ event, ...transactionOf(event) })).filter(({ amount }) => amount > 0);
  if (moved.length === 0) return;
  await sql`
    insert into points_transactions (transaction_id, event_id, position, user_id, revision, order_id, kind, amount, at)
    select * from unnest(
      ${moved.map((m) => m.transactionId)}::text[],
      ${moved.map((m) => m.event.id)}::uuid[],
      ${moved.map((m) => String(m.event.position.commit))}::bigint[],
      ${moved.map((m) => m.userId)}::uuid[],
      ${moved.map((m) => String(m.event.revision))}::bigint[],
      ${moved.map((m) => m.orderId)}::text[],
      ${moved.map((m) => m.kind)}::text[],
      ${moved.map((m) => m.amount)}::bigint[],
      ${moved.map((m) => m.at)}::timestamptz[])
    on conflict (event_id) do nothing`.execute(tx);
  const entries = moved.flatMap(({ transactionId, from, to, amount }) => [
    { transactionId, account: from, amount: -amount },
    { transactionId, account: to, amount: Number(amount) },
  ]);
  await sql`
    insert into points_entries (transaction_id, account, amount)
    select * from unnest(
      ${entries.map((e) => e.transactionId)}::text[],
      ${entries.map((e) => e.account)}::text[],
      ${entries.map((e) => e.amount)}::bigint[])
    on conflict (transaction_id, account) do nothing`.execute(tx);
};

/** The double-entry ledger of all points. It adds up across buyers, so one fact it cannot take stops it and is an alarm. */
export const pointsLedger: Projection = defineProjection<PointsLedgerTables, typeof pointsEvents>({
  name: 'points-ledger',
  version: 1,
  events: createCodec(pointsEvents),
  keyOf: ({ data }) => data.userId,
  onFailure: 'stop',
  order: 'key',
  handlers: {
    PointsCharged: record,
    PointsHeld: record,
    PointsCaptured: record,
    PointsHoldVoided: record,
    PointsRefunded: record,
  },
});
