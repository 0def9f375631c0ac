import type { TiketiEvent } from '@tiketi/shared-kernel/contracts/events/catalog-of-events.js';
import { allEvents } from '@tiketi/shared-kernel/contracts/events/catalog-of-events.js';
import { createCodec, type Recorded } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import { connectEventStore } from '@tiketi/shared-kernel/event-sourcing/event-store/eventstoredb.js';

export type Fact = Recorded<TiketiEvent>;

const codec = createCodec(allEvents);

/** Every event of ours in the store, in log order, each checked against its schema. Throws for one that does not fit. */
export const readHistory = async (eventStoreUrl: string): Promise<Fact[]> => {
  const store = connectEventStore({ url: eventStoreUrl, connectionName: 'history' });
  try {
    const facts: Fact[] = [];
    for await (const stored of store.readAll()) {
      if (stored.type.startsWith('$') || !codec.types.includes(stored.type as TiketiEvent['type'])) continue;
      const decoded = codec.decode(stored);
      if (decoded.kind !== 'event') throw new Error(`${stored.stream}@${stored.revision} ${stored.type} does not fit its schema`);
      facts.push(decoded.event);
    }
    return facts;
  } finally {
    await store.close();
  }
};
