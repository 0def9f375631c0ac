import { type QueryExecutorProvider, sql } from 'kysely';
import type { Position } from '../event-store/port.js';
import { beginning, parsePosition, type StoredPosition } from './position.js';

/** Someone else moved the checkpoint, or holds a newer epoch: roll back and stand down. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

export type TakenCheckpoint = { readonly position: Position; readonly version: number };

/**
 * Marks the checkpoint with a newly won epoch, so that no batch of an older one can commit any more, and says where
 * it stands. Waits for a batch in flight.
 */
export const takeCheckpoint = async (
  db: QueryExecutorProvider,
  schema: string,
  o: { readonly name: string; readonly version: number; readonly epoch: bigint },
): Promise<TakenCheckpoint> => {
  const taken = await sql<StoredPosition & { version: number }>`
    INSERT INTO ${sql.id(schema, 'checkpoint')} AS c (name, version, epoch, commit_position, prepare_position)
    VALUES (${o.name}, ${o.version}, ${o.epoch.toString()}::bigint, ${beginning.commit.toString()}, ${beginning.prepare.toString()})
    ON CONFLICT (name) DO UPDATE SET epoch = excluded.epoch WHERE c.epoch <= excluded.epoch
    RETURNING version, commit_position, prepare_position`.execute(db);
  const row = taken.rows[0];
  if (row === undefined) throw new LeaseLostError(`${o.name}: a newer epoch than ${o.epoch} holds the checkpoint`);
  return { position: parsePosition(row), version: row.version };
};

export type Move = {
  readonly name: string;
  readonly epoch: bigint;
  readonly from: Position;
  readonly to: Position;
  /** A batch: a holder that freezes inside the transaction loses it after this long. */
  readonly idleMs?: number;
};

/** The fence of every batch: moves the checkpoint if it is where we left it and the epoch is still ours. */
export const moveCheckpoint = async (tx: QueryExecutorProvider, schema: string, move: Move): Promise<void> => {
  // what the server loses in a crash, rows and checkpoint together, is made again from the same events
  const settings = [
    sql`set_config('synchronous_commit', 'off', true)`,
    ...(move.idleMs === undefined ? [] : [sql`set_config('idle_in_transaction_session_timeout', ${String(move.idleMs)}, true)`]),
  ];
  const moved = await sql`
    UPDATE ${sql.id(schema, 'checkpoint')}
    SET commit_position = ${move.to.commit.toString()}, prepare_position = ${move.to.prepare.toString()},
        updated_at = clock_timestamp()
    WHERE name = ${move.name} AND epoch = ${move.epoch.toString()}::bigint
      AND commit_position = ${move.from.commit.toString()} AND prepare_position = ${move.from.prepare.toString()}
    RETURNING ${sql.join(settings)}`.execute(tx);
  if (moved.rows.length !== 1) throw new LeaseLostError(`${move.name}: the checkpoint is not where epoch ${move.epoch} left it`);
};
