import { type Kysely, sql, type Transaction } from 'kysely';
import type { Consumer } from './consumer.js';
import { toEntry } from './entries.js';
import { isInfrastructure } from './failures.js';
import { deleteParked, listParked, type ParkedEvent } from './parked.js';
import { errorText } from './signal.js';

/** `remaining` events stay parked, the first of them for `reason`. */
export type Replayed = { readonly replayed: number; readonly remaining: number; readonly reason?: string };

const chunk = 500;

/** Holds off the consumer's own batches, wherever it runs, without needing its lease. */
const lockCheckpoint = (tx: Transaction<unknown>, schema: string, name: string) =>
  sql`SELECT 1 FROM ${sql.id(schema, 'checkpoint')} WHERE name = ${name} FOR UPDATE`.execute(tx);

const replayOne = async (db: Kysely<unknown>, schema: string, consumer: Consumer, parked: ParkedEvent) =>
  db.transaction().execute(async (tx) => {
    await lockCheckpoint(tx, schema, consumer.name);
    const entry = toEntry(consumer, parked.stored);
    if (!('event' in entry)) throw new Error(entry.unreadable);
    // a replay of the same key elsewhere may have been first
    if (!(await deleteParked(tx, schema, consumer.name, parked.stored.position))) return;
    await consumer.apply(tx, [entry.event]);
  });

/**
 * Applies what is parked under a key, in log order, one transaction an event, until one fails again. When none is
 * left the running consumer, here or elsewhere, lets the key through with its next event. Throws on an outage;
 * what was replayed before it stays replayed.
 */
export const replayKey = async <DB>(db: Kysely<DB>, schema: string, consumer: Consumer, key: string): Promise<Replayed> => {
  // only the runtime's own tables are used through it
  const own = db as unknown as Kysely<unknown>;
  let replayed = 0;
  for (;;) {
    const events = await listParked(own, schema, consumer.name, { key, limit: chunk });
    if (events.length === 0) return { replayed, remaining: 0 };
    for (const parked of events) {
      try {
        await replayOne(own, schema, consumer, parked);
        replayed += 1;
      } catch (error) {
        if (isInfrastructure(error)) throw error;
        const left = await listParked(own, schema, consumer.name, { key, limit: Number.MAX_SAFE_INTEGER });
        return { replayed, remaining: left.length, reason: errorText(error) };
      }
    }
  }
};
