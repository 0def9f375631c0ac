import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEventStoreNode } from '@tiketi/local/event-store-node/server.js';
import { eventStoreContract } from './contract.js';
import { connectEventStore } from './eventstoredb.js';

for (const [way, options] of [
  ['over streams', {}],
  ['by unary calls', { appendStreams: 0 }],
] as const) {
  eventStoreContract(`the EventStoreDB adapter on the local node, appending ${way},`, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tiketi-event-store-'));
    const node = await startEventStoreNode({ directory, port: 0 });
    const store = connectEventStore({ url: node.url, connectionName: 'contract', ...options });
    return {
      store,
      close: async () => {
        await store.close();
        await node.close();
        await rm(directory, { recursive: true, force: true });
      },
    };
  });
}
