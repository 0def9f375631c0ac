import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type EventStoreNode, startEventStoreNode } from '@tiketi/local/event-store-node/server.js';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import { until } from '@tiketi/local/parts/until.js';
import { connectEventStore } from '../event-store/eventstoredb.js';
import { heartbeatStream } from './heartbeat.js';
import { startConsumers } from './runtime.js';
import { openConsumerDatabase, quiet } from './testing/harness.js';
import { noteConsumer } from './testing/notes.js';
import { plainMetadata } from './testing/tape.js';

let database: TestDatabase;
let directory: string;
let node: EventStoreNode;

beforeEach(async () => {
  database = await testDatabase();
  directory = await mkdtemp(path.join(tmpdir(), 'tiketi-consumers-'));
  node = await startEventStoreNode({ directory, port: 0 });
}, 60_000);
afterEach(async () => {
  await node.close();
  await database.close();
  await rm(directory, { recursive: true, force: true });
});

it('consumers outlive a restart of the event store, and tell an idle log from a dead one', async () => {
  const { db, schema, notes } = await openConsumerDatabase(database.url);
  const store = connectEventStore({ url: node.url, connectionName: 'consumers' });
  const note = async (text: string): Promise<bigint> => {
    const event = { id: randomUUID(), type: 'Noted', data: { key: text, text }, metadata: plainMetadata() };
    return until(
      async () => {
        const outcome = await store.append({ stream: `note-${text}`, expected: 'no_stream', events: [event] });
        return outcome.kind === 'appended' ? outcome.position.commit : undefined;
      },
      { deadline: 20_000, what: 'an append' },
    );
  };
  const consumers = [noteConsumer('notes', schema)];
  const running = startConsumers({ store, db, schema, consumers, logger: quiet, leaseMs: 1_000, heartbeatMs: 300 });
  try {
    expect(await running.waitFor('notes', await note('before'), 10_000)).toBe(true);
    const { port } = node;
    await node.close();
    node = await startEventStoreNode({ directory, port });
    expect(await running.waitFor('notes', await note('after'), 20_000)).toBe(true);
    expect((await notes.of('notes')).map((n) => n.text)).toEqual(['before', 'after']);

    const beats = async () => {
      let revision = 0n;
      for await (const event of store.readStream(heartbeatStream, { from: 'end', direction: 'backwards', maxCount: 1 })) {
        revision = event.revision;
      }
      return revision >= 12n;
    };
    await until(beats, { deadline: 15_000, what: 'heartbeats' });
    const kept: bigint[] = [];
    for await (const event of store.readStream(heartbeatStream)) kept.push(event.revision);
    expect(kept.length).toBeLessThanOrEqual(10);
    expect(running.status()[0]).toMatchObject({ state: 'live', lagMs: 0 });
  } finally {
    await running.stop();
    await store.close();
    await db.destroy();
  }
}, 60_000);
