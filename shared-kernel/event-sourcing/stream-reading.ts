import type { Decoded, Recorded } from './codec.js';
import type { EventStore, StoredEvent } from './event-store/port.js';

/** What the write side needs of a codec. */
export type StreamCodec<E> = {
  readonly versionOf: (type: string) => number;
  readonly decode: (stored: StoredEvent) => Decoded<E>;
};

/** A stream holds what its aggregate cannot read. Deciding on the rest would be deciding on a lie. */
export class CorruptStreamError extends Error {
  override readonly name = 'CorruptStreamError';
}

/**
 * The events of a stream from a revision (inclusive) to its present end, parsed.
 * Throws CorruptStreamError for an event no schema reads or a gap, StoreUnavailableError when the store is away.
 */
export const readRecorded = async function* <E>(
  store: Pick<EventStore, 'readStream'>,
  codec: StreamCodec<E>,
  stream: string,
  from: bigint,
): AsyncGenerator<Recorded<E>> {
  let expected = from;
  for await (const stored of store.readStream(stream, { from })) {
    if (stored.revision !== expected) {
      throw new CorruptStreamError(`${stream}: revision ${stored.revision} where ${expected} should be`);
    }
    const decoded = codec.decode(stored);
    if (decoded.kind !== 'event') {
      const reason = decoded.kind === 'invalid' ? decoded.reason : `unknown type ${stored.type}`;
      throw new CorruptStreamError(`${stream}@${stored.revision}: ${reason}`);
    }
    yield decoded.event;
    expected += 1n;
  }
};
