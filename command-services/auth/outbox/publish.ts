import { userEvents } from '@tiketi/shared-kernel/contracts/events/user.js';
import { CommandId } from '@tiketi/shared-kernel/contracts/ids.js';
import { userStream } from '@tiketi/shared-kernel/contracts/streams.js';
import { createCodec } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import { type AppendAttempt, type EventStore, StoreRefusedError } from '@tiketi/shared-kernel/event-sourcing/event-store/port.js';
import type { OutboxRow } from '../tables.js';

const codec = createCodec(userEvents);

/** A row always becomes the very same attempt, so any number of publishers and repeats store it once. */
const attemptOf = (row: OutboxRow): AppendAttempt => ({
  stream: userStream(row.user_id),
  expected: row.version === 0 ? 'no_stream' : BigInt(row.version - 1),
  events: [
    {
      id: row.event_id,
      type: row.type,
      data: row.data,
      metadata: {
        $correlationId: row.correlation_id,
        $causationId: row.event_id,
        commandId: CommandId.parse(row.event_id),
        actor: { id: row.actor_id, role: row.actor_role },
        schemaVersion: codec.versionOf(row.type),
      },
    },
  ],
});

export type Published =
  | { readonly kind: 'published' }
  /** Not known, or not yet possible: try again. */
  | { readonly kind: 'later'; readonly reason: string }
  /** No repeat can mend it. */
  | { readonly kind: 'impossible'; readonly reason: string };

/** Which event the stream holds where ours belongs decides a conflict. */
const afterConflict = async (store: EventStore, row: OutboxRow): Promise<Published> => {
  for await (const event of store.readStream(userStream(row.user_id), { from: BigInt(row.version), maxCount: 1 })) {
    if (event.id === row.event_id) return { kind: 'published' };
    return { kind: 'impossible', reason: `revision ${row.version} holds another event, ${event.id}` };
  }
  return { kind: 'later', reason: `the stream is shorter than ${row.version}` };
};

/** Appends one row as event n of its stream at the exact revision. Never throws for the store's sake. */
export const publishRow = async (store: EventStore, row: OutboxRow): Promise<Published> => {
  try {
    const outcome = await store.append(attemptOf(row));
    if (outcome.kind === 'appended') return { kind: 'published' };
    if (outcome.kind === 'unknown') return { kind: 'later', reason: outcome.cause };
    return await afterConflict(store, row);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: error instanceof StoreRefusedError ? 'impossible' : 'later', reason };
  }
};
