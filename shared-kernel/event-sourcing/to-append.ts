import { canonicalJson } from './canonical-json.js';
import type { DomainEvent } from './decider.js';
import { eventIdOf } from './event-ids.js';
import type { EventToAppend } from './event-store/port.js';
import type { CommandContext, EventMetadata } from './metadata.js';

type Versions = { readonly versionOf: (type: string) => number };

/** Metadata, ids and framing of one event on the wire, roughly; a group's size needs no more exactness. */
const OVERHEAD_BYTES = 512;

/** What a command yielded, ready for an attempt: deterministic ids, metadata, the version each is stored with. */
export const prepareEvents = (
  events: readonly DomainEvent[],
  codec: Versions,
  context: CommandContext,
): readonly EventToAppend[] => prepareSized(events, codec, context).events;

/** As `prepareEvents`, with the bytes they will take in an append, estimated from above. */
export const prepareSized = (
  events: readonly DomainEvent[],
  codec: Versions,
  context: CommandContext,
): { readonly events: readonly EventToAppend[]; readonly bytes: number } => {
  let bytes = 0;
  const prepared = events.map(({ type, data }, index) => {
    const text = canonicalJson(data);
    bytes += Buffer.byteLength(text) + OVERHEAD_BYTES;
    return {
      id: eventIdOf(context.commandId, index, type, text),
      type,
      data,
      metadata: metadataOf(context, codec.versionOf(type)),
    };
  });
  return { events: prepared, bytes };
};

const metadataOf = (context: CommandContext, schemaVersion: number): EventMetadata => ({
  $correlationId: context.correlationId,
  $causationId: context.causationId,
  commandId: context.commandId,
  actor: context.actor,
  schemaVersion,
  ...(context.fingerprint === undefined ? {} : { fingerprint: context.fingerprint }),
});
