import { type QueryExecutorProvider, sql } from 'kysely';

/** What holds a key up: the first event set aside of it, and how many more wait behind. */
export type ParkedHead = {
  readonly consumer: string;
  readonly key: string;
  readonly eventId: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: string;
  readonly reason: string;
  readonly replays: number;
  readonly parkedAt: Date;
  readonly waiting: number;
};

/** One of each key of each consumer in `schema`, in log order; of one event or of one reason only, if given. */
export const listParkedHeads = async (
  db: QueryExecutorProvider,
  schema: string,
  o: { readonly eventId?: string; readonly reason?: string; readonly limit?: number } = {},
): Promise<ParkedHead[]> => {
  const ofEvent = o.eventId === undefined ? sql`` : sql`AND event_id = ${o.eventId}`;
  const ofReason = o.reason === undefined ? sql`` : sql`AND reason = ${o.reason}`;
  const found = await sql<ParkedHead>`
    SELECT name AS consumer, key, event_id AS "eventId", type, stream, revision::text, reason, replays, parked_at AS "parkedAt",
      (behind - 1)::int AS waiting
    FROM (
      SELECT *, row_number() OVER (PARTITION BY name, key ORDER BY commit_position, prepare_position) AS place,
        count(*) OVER (PARTITION BY name, key) AS behind
      FROM ${sql.id(schema, 'parked')}
    ) AS p
    WHERE place = 1 ${ofEvent} ${ofReason}
    ORDER BY commit_position, prepare_position LIMIT ${o.limit ?? 1_000}`.execute(db);
  return found.rows;
};

/** Keys set aside in `schema`, by consumer; consumers without any are left out. */
export const countParkedKeys = async (db: QueryExecutorProvider, schema: string): Promise<Record<string, number>> => {
  const found = await sql<{ name: string; keys: number }>`
    SELECT name, count(DISTINCT key)::int AS keys FROM ${sql.id(schema, 'parked')} GROUP BY name`.execute(db);
  return Object.fromEntries(found.rows.map(({ name, keys }) => [name, keys]));
};
