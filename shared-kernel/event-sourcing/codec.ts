import type { EventDefinition, EventOf } from '../contracts/events/definition.js';
import type { StoredEvent } from './event-store/port.js';
import { EventMetadata } from './metadata.js';

/** A stored event after its schema: data upcast to the newest version. */
export type Recorded<E> = E & {
  readonly id: string;
  readonly stream: string;
  readonly revision: bigint;
  readonly position: StoredEvent['position'];
  readonly metadata: EventMetadata;
  readonly recordedAt: Date;
};

export type Decoded<E> =
  | { readonly kind: 'event'; readonly event: Recorded<E> }
  | { readonly kind: 'unknownType' }
  | { readonly kind: 'invalid'; readonly reason: string };

export type EventCodec<D extends Readonly<Record<string, EventDefinition>>> = {
  readonly types: readonly (keyof D & string)[];
  /** The version new events of a type are stored with. */
  readonly versionOf: (type: string) => number;
  readonly decode: (stored: StoredEvent) => Decoded<EventOf<D>>;
};

const upcastData = (definition: EventDefinition, version: number, data: unknown): unknown => {
  let current = data;
  for (let v = version; v < definition.version; v += 1) {
    const step = definition.upcasts[v];
    if (step === undefined) throw new Error(`no upcast from version ${v}`);
    current = step(current);
  }
  return current;
};

/** The store's edge: the only place where stored JSON is parsed and old shapes become new ones. */
export const createCodec = <D extends Readonly<Record<string, EventDefinition>>>(definitions: D): EventCodec<D> => {
  const table = new Map<string, EventDefinition>(Object.entries(definitions));

  const decode = (stored: StoredEvent): Decoded<EventOf<D>> => {
    const definition = table.get(stored.type);
    if (definition === undefined) return { kind: 'unknownType' };
    const metadata = EventMetadata.safeParse(stored.metadata);
    if (!metadata.success) return { kind: 'invalid', reason: `metadata: ${metadata.error.message}` };
    if (metadata.data.schemaVersion > definition.version) {
      return { kind: 'invalid', reason: `version ${metadata.data.schemaVersion} is newer than ${definition.version}` };
    }
    try {
      const data = definition.data.parse(upcastData(definition, metadata.data.schemaVersion, stored.data));
      const { id, stream, revision, position, recordedAt } = stored;
      // the schema that parsed it belongs to this very type, which the table's erased value type no longer says
      const event = {
        type: stored.type,
        data,
        id,
        stream,
        revision,
        position,
        metadata: metadata.data,
        recordedAt,
      } as unknown as Recorded<EventOf<D>>;
      return { kind: 'event', event };
    } catch (error) {
      return { kind: 'invalid', reason: error instanceof Error ? error.message : String(error) };
    }
  };

  return {
    types: Object.keys(definitions) as (keyof D & string)[],
    versionOf: (type) => {
      const definition = table.get(type);
      if (definition === undefined) throw new Error(`no definition of event type ${type}`);
      return definition.version;
    },
    decode,
  };
};
