import { type Kysely, sql, type Transaction } from 'kysely';
import { z } from 'zod';
import { defineEvent, type EventOf } from '../../../contracts/events/definition.js';
import { createCodec, type Recorded } from '../../codec.js';
import type { Consumer } from '../consumer.js';

const noteEvents = {
  Noted: defineEvent(1, z.object({ key: z.string().min(1), text: z.string() })),
  Struck: defineEvent(1, z.object({ key: z.string().min(1) })),
};
type NoteEvent = EventOf<typeof noteEvents>;
type Written = { key: string; text: string; commit_position: string };

/** What a test consumer wrote: one row an event, so that a second application shows. */
export const createNotes = async <DB>(db: Kysely<DB>, schema: string) => {
  await sql`CREATE SCHEMA IF NOT EXISTS ${sql.id(schema)}`.execute(db);
  await sql`CREATE TABLE IF NOT EXISTS ${sql.id(schema, 'notes')} (
    sequence bigint GENERATED ALWAYS AS IDENTITY, consumer text, key text, text text, commit_position text)`.execute(db);
  return {
    of: async (consumer: string): Promise<Written[]> => {
      const found = await sql<Written>`SELECT key, text, commit_position FROM ${sql.id(schema, 'notes')}
        WHERE consumer = ${consumer} ORDER BY sequence`.execute(db);
      return found.rows;
    },
  };
};

/**
 * Writes each `Noted` down. The text 'poison' makes Postgres refuse, 'throw' makes the handler throw, as long as
 * `faults.mended` is not set; `faults.hang` holds the transaction open until it resolves.
 */
export const noteConsumer = (
  name: string,
  schema: string,
  o: {
    readonly onFailure?: 'park' | 'stop';
    readonly version?: number;
    readonly faults?: { mended?: boolean; hang?: ((events: number) => Promise<void>) | undefined };
  } = {},
): Consumer => {
  const codec = createCodec(noteEvents);
  const consumer = {
    name,
    version: o.version ?? 1,
    codec,
    handles: new Set(['Noted']),
    onFailure: o.onFailure ?? 'park',
    keyOf: (event: Recorded<NoteEvent>) => event.data.key,
    apply: async (tx: Transaction<unknown>, batch: readonly Recorded<NoteEvent>[]) => {
      const notes = batch.flatMap((event) => (event.type === 'Noted' ? [event] : []));
      if (o.faults?.mended !== true) {
        if (notes.some((n) => n.data.text === 'throw')) throw new TypeError('cannot read this');
        if (notes.some((n) => n.data.text === 'poison')) await sql`SELECT 1 / 0`.execute(tx);
      }
      await sql`INSERT INTO ${sql.id(schema, 'notes')} (consumer, key, text, commit_position)
        SELECT ${name}, * FROM unnest(${notes.map((n) => n.data.key)}::text[], ${notes.map((n) => n.data.text)}::text[],
          ${notes.map((n) => n.position.commit.toString())}::text[])`.execute(tx);
      await o.faults?.hang?.(notes.length);
    },
  };
  // a consumer's events are Tiketi's own; these exist in tests only
  return consumer as unknown as Consumer;
};
