import { type Kysely, sql, type Transaction } from 'kysely';
import type { TiketiEvent } from '../../contracts/events/catalog-of-events.js';
import type { Recorded } from '../codec.js';
import type { Consumer } from './consumer.js';
import { toEntry } from './entries.js';
import { isInfrastructure } from './failures.js';
import { behind, deleteParked, listParked, noteFailedReplay, type ParkedEvent, parkedAhead, streamKey } from './parked.js';
import { errorText } from './signal.js';

/** `remaining` events stay parked, the first of them for `reason`. */
export type Replayed = { readonly replayed: number; readonly remaining: number; readonly reason?: string };

const MOST_TOGETHER = 500;

/** Holds off the consumer's own batches, wherever it runs, without needing its lease. */
const lockCheckpoint = (tx: Transaction<unknown>, schema: string, name: string) =>
  sql`SELECT 1 FROM ${sql.id(schema, 'checkpoint')} WHERE name = ${name} FOR UPDATE`.execute(tx);

/** Those still set aside are applied together, in log order; or it is said which key they must wait for. */
const replayTogether = async (
  db: Kysely<unknown>,
  schema: string,
  consumer: Consumer,
  parked: readonly ParkedEvent[],
): Promise<{ readonly ahead: string } | undefined> =>
  db.transaction().execute(async (tx) => {
    await lockCheckpoint(tx, schema, consumer.name);
    const last = parked.at(-1);
    const others = new Set<string>();
    const events = new Map<string, Recorded<TiketiEvent>>();
    for (const { key, stored } of parked) {
      const entry = toEntry(consumer, stored);
      if (!('event' in entry)) throw new Error(entry.unreadable);
      events.set(stored.id, entry.event);
      // a key that is known only now, or a stream of events that name none, may have something older set aside
      for (const other of [entry.key, streamKey(stored.stream)]) if (other !== key) others.add(other);
    }
    if (last === undefined) return undefined;
    const ahead = await parkedAhead(tx, schema, consumer.name, [...others], last.stored.position);
    if (ahead !== undefined) return { ahead };
    // a replay of the same key elsewhere may have been first with some
    const taken = new Set(
      await deleteParked(
        tx,
        schema,
        consumer.name,
        parked.map(({ stored }) => stored.position),
      ),
    );
    const left = [...events].flatMap(([id, event]) => (taken.has(id) ? [event] : []));
    if (left.length > 0) await consumer.apply(tx, left);
    return undefined;
  });

/** Why they could not be applied; undefined where they were. */
const trying = async (...asked: Parameters<typeof replayTogether>): Promise<string | undefined> => {
  try {
    const waits = await replayTogether(...asked);
    return waits === undefined ? undefined : behind(waits.ahead);
  } catch (error) {
    if (isInfrastructure(error)) throw error;
    return errorText(error);
  }
};

/**
 * Applies what is parked under a key, in log order, until one fails again (its reason is kept) or the time `until` (of
 * `performance.now()`) has come. When none is left the running consumer, here or elsewhere, lets the key through with its next event.
 * Throws on an outage; what was replayed before it stays replayed.
 */
export const replayKey = async <DB>(
  db: Kysely<DB>,
  schema: string,
  consumer: Consumer,
  key: string,
  until = Number.POSITIVE_INFINITY,
): Promise<Replayed> => {
  // only the runtime's own tables are used through it
  const own = db as unknown as Kysely<unknown>;
  const { name } = consumer;
  const left = async () => (await listParked(own, schema, name, { key, limit: Number.MAX_SAFE_INTEGER })).length;
  let replayed = 0;
  // the first is the one that failed; once it is through, the others are taken many at a time, for more may be joining them
  let together = 1;
  for (;;) {
    const events = await listParked(own, schema, name, { key, limit: together });
    const first = events[0];
    if (first === undefined) return { replayed, remaining: 0 };
    if (performance.now() > until) return { replayed, remaining: await left() };
    const reason = await trying(own, schema, consumer, events);
    if (reason === undefined) {
      replayed += events.length;
      together = Math.min(MOST_TOGETHER, together * 8);
    } else if (events.length === 1) {
      await noteFailedReplay(own, schema, name, first.stored.position, reason);
      return { replayed, remaining: await left(), reason };
    } else together = 1;
  }
};
