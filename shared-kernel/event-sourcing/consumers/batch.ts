import type { Kysely, Transaction } from 'kysely';
import type { Position } from '../event-store/port.js';
import { moveCheckpoint } from './checkpoint.js';
import type { Consumer } from './consumer.js';
import { divide, type Entry } from './entries.js';
import { insertParked, parkedKeys, streamKey } from './parked.js';

/** What every transaction of one tenure of one consumer needs. */
export type BatchContext = {
  readonly db: Kysely<unknown>;
  readonly schema: string;
  readonly consumer: Consumer;
  readonly epoch: bigint;
  readonly idleMs: number;
  /** Keys believed to be parked; corrected here when a replay elsewhere has freed them. */
  readonly parked: Set<string>;
};

export class UnreadableEventError extends Error {
  override readonly name = 'UnreadableEventError';
}

export type BatchOutcome = { readonly applied: number; readonly parked: readonly string[] };

/** Someone may have replayed a key since; asked only when an event of such a key comes by. */
const stillParked = async (tx: Transaction<unknown>, context: BatchContext, entries: readonly Entry[]): Promise<Set<string>> => {
  const concerned = new Set(entries.flatMap((e) => [e.key, streamKey(e.stored.stream)]).filter((key) => context.parked.has(key)));
  if (concerned.size === 0) return concerned;
  return parkedKeys(tx, context.schema, context.consumer.name, [...concerned]);
};

/**
 * One transaction: the checkpoint moved under the fence, rows written, what is parked parked. Throws what `apply`
 * throws, and LeaseLostError when the checkpoint is no longer ours; nothing is kept then.
 */
export const applyBatch = async (
  context: BatchContext,
  entries: readonly Entry[],
  from: Position,
  to: Position,
): Promise<BatchOutcome> => {
  const { consumer, schema } = context;
  const outcome = await context.db.transaction().execute(async (tx) => {
    await moveCheckpoint(tx, schema, { name: consumer.name, epoch: context.epoch, from, to, idleMs: context.idleMs });
    const parked = await stillParked(tx, context, entries);
    const { apply, park } = divide(entries, parked);
    const first = park[0];
    if (first !== undefined && consumer.onFailure === 'stop') throw new UnreadableEventError(first.reason);
    if (apply.length > 0) await consumer.apply(tx, apply);
    await insertParked(tx, schema, consumer.name, park);
    return { applied: apply.length, parked, park };
  });
  for (const entry of entries) if (!outcome.parked.has(entry.key)) context.parked.delete(entry.key);
  for (const { key } of outcome.park) context.parked.add(key);
  return { applied: outcome.applied, parked: outcome.park.map((p) => p.reason) };
};

/** Sets one failing event aside and moves past it. */
export const parkEntry = async (context: BatchContext, entry: Entry, from: Position, reason: string): Promise<void> => {
  const { consumer, schema } = context;
  await context.db.transaction().execute(async (tx) => {
    const move = { name: consumer.name, epoch: context.epoch, from, to: entry.stored.position, idleMs: context.idleMs };
    await moveCheckpoint(tx, schema, move);
    await insertParked(tx, schema, consumer.name, [{ stored: entry.stored, key: entry.key, reason }]);
  });
  context.parked.add(entry.key);
};
