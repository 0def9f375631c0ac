import { type QueryExecutorProvider, sql } from 'kysely';
import type { Position, StoredEvent } from '../event-store/port.js';

/** The key of an event that cannot be read: it stands for its whole stream. */
export const streamKey = (stream: string): string => `stream:${stream}`;

/** The reason of an event that is well itself and waits for another. */
export const behind = (key: string): string => `behind parked ${key}`;

export type ParkedEvent = {
  readonly key: string;
  readonly stored: StoredEvent;
  readonly reason: string;
  readonly parkedAt: Date;
};

const asJson = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));

/** Postgres text holds no NUL. */
const storable = (text: string): string => text.replaceAll('\u0000', '\uFFFD').slice(0, 2_000);

export const insertParked = async (
  tx: QueryExecutorProvider,
  schema: string,
  name: string,
  events: readonly Omit<ParkedEvent, 'parkedAt'>[],
): Promise<void> => {
  if (events.length === 0) return;
  const column = (value: (stored: StoredEvent) => string | null) => events.map((e) => value(e.stored));
  await sql`
    INSERT INTO ${sql.id(schema, 'parked')} (name, commit_position, prepare_position, key, event_id, stream, revision,
      type, data, metadata, recorded_at, reason)
    SELECT ${name}, * FROM unnest(
      ${column((s) => s.position.commit.toString())}::numeric[],
      ${column((s) => s.position.prepare.toString())}::numeric[],
      ${events.map((e) => storable(e.key))}::text[],
      ${column((s) => s.id)}::text[],
      ${column((s) => storable(s.stream))}::text[],
      ${column((s) => s.revision.toString())}::numeric[],
      ${column((s) => storable(s.type))}::text[],
      ${column((s) => asJson(s.data))}::text[],
      ${column((s) => asJson(s.metadata))}::text[],
      ${column((s) => s.recordedAt.toISOString())}::timestamptz[],
      ${events.map((e) => storable(e.reason))}::text[])
    ON CONFLICT DO NOTHING`.execute(tx);
};

/** Which keys have events set aside; of `among` only, if given. */
export const parkedKeys = async (
  db: QueryExecutorProvider,
  schema: string,
  name: string,
  among?: readonly string[],
): Promise<Set<string>> => {
  const only = among === undefined ? sql`` : sql`AND key = ANY(${among}::text[])`;
  const found = await sql<{ key: string }>`
    SELECT DISTINCT key FROM ${sql.id(schema, 'parked')} WHERE name = ${name} ${only}`.execute(db);
  return new Set(found.rows.map((row) => row.key));
};

type ParkedRow = {
  commit_position: string;
  prepare_position: string;
  key: string;
  event_id: string;
  stream: string;
  revision: string;
  type: string;
  data: string | null;
  metadata: string | null;
  recorded_at: Date;
  reason: string;
  parked_at: Date;
};

/** Parked events of a consumer, of one key if given, in log order. */
export const listParked = async (
  db: QueryExecutorProvider,
  schema: string,
  name: string,
  o: { readonly key?: string; readonly limit?: number } = {},
): Promise<ParkedEvent[]> => {
  const only = o.key === undefined ? sql`` : sql`AND key = ${o.key}`;
  const found = await sql<ParkedRow>`
    SELECT * FROM ${sql.id(schema, 'parked')} WHERE name = ${name} ${only}
    ORDER BY commit_position, prepare_position LIMIT ${o.limit ?? 1_000}`.execute(db);
  return found.rows.map((row) => ({
    key: row.key,
    reason: row.reason,
    parkedAt: row.parked_at,
    stored: {
      id: row.event_id,
      stream: row.stream,
      revision: BigInt(row.revision),
      position: { commit: BigInt(row.commit_position), prepare: BigInt(row.prepare_position) },
      type: row.type,
      data: row.data === null ? undefined : JSON.parse(row.data),
      metadata: row.metadata === null ? undefined : JSON.parse(row.metadata),
      recordedAt: row.recorded_at,
    },
  }));
};

/** Takes events off the list; answers the ids of those that were still on it. */
export const deleteParked = async (
  tx: QueryExecutorProvider,
  schema: string,
  name: string,
  positions: readonly Position[],
): Promise<string[]> => {
  const deleted = await sql<{ event_id: string }>`
    DELETE FROM ${sql.id(schema, 'parked')} p USING unnest(
      ${positions.map(({ commit }) => commit.toString())}::numeric[], ${positions.map(({ prepare }) => prepare.toString())}::numeric[]
    ) AS gone (commit_position, prepare_position)
    WHERE p.name = ${name} AND p.commit_position = gone.commit_position AND p.prepare_position = gone.prepare_position
    RETURNING p.event_id`.execute(tx);
  return deleted.rows.map(({ event_id }) => event_id);
};

/** Which of `keys` has an event set aside that comes before `position`. */
export const parkedAhead = async (
  db: QueryExecutorProvider,
  schema: string,
  name: string,
  keys: readonly string[],
  position: Position,
): Promise<string | undefined> => {
  const found = await sql<{ key: string }>`
    SELECT key FROM ${sql.id(schema, 'parked')} WHERE name = ${name} AND key = ANY(${keys}::text[])
      AND (commit_position, prepare_position) < (${position.commit.toString()}::numeric, ${position.prepare.toString()}::numeric)
    LIMIT 1`.execute(db);
  return found.rows[0]?.key;
};

/** It was tried again and failed again: the reason is the newest one. */
export const noteFailedReplay = async (
  db: QueryExecutorProvider,
  schema: string,
  name: string,
  position: Position,
  reason: string,
): Promise<void> => {
  await sql`
    UPDATE ${sql.id(schema, 'parked')} SET reason = ${storable(reason)}, replays = replays + 1
    WHERE name = ${name} AND commit_position = ${position.commit.toString()}::numeric
      AND prepare_position = ${position.prepare.toString()}::numeric`.execute(db);
};
