import { type Kysely, sql } from 'kysely';
import type { ReservationDatabase } from '../database.js';
import type { Replica } from './rendezvous.js';

type Rows = Kysely<ReservationDatabase>;

/** Announces a replica. Whoever was at its address before is there no more. */
export const insertReplica = async (db: Rows, { id, baseUrl }: Replica): Promise<void> => {
  await sql`
    with gone as (delete from replicas where base_url = ${baseUrl} or seen_at < clock_timestamp() - interval '1 hour')
    insert into replicas (replica_id, base_url, started_at, seen_at)
    values (${id}::uuid, ${baseUrl}, clock_timestamp(), clock_timestamp())`.execute(db);
};

/** Says that this replica is there still, and answers who else was seen lately; all by the database's clock. */
export const beat = async (db: Rows, { id, baseUrl }: Replica, goneAfterMs: number): Promise<Replica[]> => {
  const { rows } = await sql<{ replica_id: string; base_url: string }>`
    with me as (
      insert into replicas (replica_id, base_url, started_at, seen_at)
      values (${id}::uuid, ${baseUrl}, clock_timestamp(), clock_timestamp())
      on conflict (replica_id) do update set seen_at = excluded.seen_at
    )
    select replica_id, base_url from replicas
    where replica_id <> ${id}::uuid and seen_at > clock_timestamp() - ${goneAfterMs} * interval '1 millisecond'
    order by replica_id`.execute(db);
  return rows.map((row) => ({ id: row.replica_id, baseUrl: row.base_url }));
};

export const deleteReplica = async (db: Rows, id: string): Promise<void> => {
  await db.deleteFrom('replicas').where('replica_id', '=', id).execute();
};
