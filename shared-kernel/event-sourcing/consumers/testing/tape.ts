import { randomUUID } from 'node:crypto';
import { allEvents, type TiketiEvent } from '../../../contracts/events/catalog-of-events.js';
import type { EventDefinition } from '../../../contracts/events/definition.js';
import { CommandId } from '../../../contracts/ids.js';
import type { StoredEvent } from '../../event-store/port.js';
import type { EventMetadata } from '../../metadata.js';

/** An event as a test states it; `stream` where the projection looks at it. */
export type TestEvent = TiketiEvent & { readonly stream?: string; readonly recordedAt?: Date };

export type Tape = {
  /** The event as the store would give it back: JSON, next revision of its stream, next position of the log. */
  readonly record: (stream: string, type: string, data: unknown, o?: { metadata?: unknown; recordedAt?: Date }) => StoredEvent;
};

const definitions: Readonly<Record<string, EventDefinition>> = allEvents;

/** As an event of this type is stored now; version 1 where it is none of Tiketi's. */
export const plainMetadata = (type = ''): EventMetadata => ({
  $correlationId: 'correlation',
  $causationId: 'cause',
  commandId: CommandId.parse(randomUUID()),
  actor: { id: 'someone', role: 'user' },
  schemaVersion: definitions[type]?.version ?? 1,
});

/** Gives events the places a log would give them. */
export const createTape = (): Tape => {
  const revisions = new Map<string, bigint>();
  let place = 0n;
  return {
    record: (stream, type, data, o = {}) => {
      const revision = (revisions.get(stream) ?? -1n) + 1n;
      revisions.set(stream, revision);
      place += 100n;
      return {
        id: randomUUID(),
        stream,
        revision,
        position: { commit: place, prepare: place },
        type,
        data: data === undefined ? undefined : JSON.parse(JSON.stringify(data)),
        metadata: 'metadata' in o ? o.metadata : plainMetadata(type),
        recordedAt: o.recordedAt ?? new Date(),
      };
    },
  };
};
