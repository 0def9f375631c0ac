import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binaryEvent, EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type EventStoreNode, startEventStoreNode } from '@tiketi/local/event-store-node/server.js';
import { context } from '../testing/seats.js';
import { prepareEvents } from '../to-append.js';
import { connectEventStore } from './eventstoredb.js';
import type { EventStore, StoredEvent } from './port.js';

const plainEvents = (count: number) => Array.from({ length: count }, (_, n) => jsonEvent({ type: 'ThingHappened', data: { n } }));
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('the adapter and what the client (6.2.1) says or types wrongly', () => {
  let directory: string;
  let node: EventStoreNode;
  let client: EventStoreDBClient;
  let store: EventStore;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tiketi-event-store-'));
    node = await startEventStoreNode({ directory, port: 0 });
    client = EventStoreDBClient.connectionString(node.url);
    store = connectEventStore({ url: node.url, connectionName: 'surprises' });
  });
  afterAll(async () => {
    await client.dispose();
    await store.close();
    await node.close();
    await rm(directory, { recursive: true, force: true });
  });
  const filled = async (count: number) => {
    const stream = `s-${randomUUID()}`;
    await client.appendToStream(stream, plainEvents(count));
    return stream;
  };

  it('told not to throw, the client answers a conflict with revision 1; the adapter does not let itself be told', async () => {
    const stream = await filled(5);
    const url = `${node.url}&throwOnAppendFailure=false`;
    const quiet = EventStoreDBClient.connectionString(url);
    const answer = await quiet.appendToStream(stream, plainEvents(1), { expectedRevision: 'no_stream' });
    expect(answer).toMatchObject({ success: false, nextExpectedRevision: 1n });
    await quiet.dispose();

    const ours = connectEventStore({ url, connectionName: 'quiet' });
    const events = prepareEvents([{ type: 'ThingHappened', data: {} }], { versionOf: () => 1 }, context(randomUUID()));
    expect(await ours.append({ stream, expected: 'no_stream', events })).toEqual({ kind: 'conflict' });
    await ours.close();
  });

  it('the client’s revision of stream metadata is a position in the log; the port has no metadata to go wrong with', async () => {
    const stream = await filled(1);
    await client.setStreamMetadata(stream, { maxCount: 10 });
    const { metastreamRevision } = await client.getStreamMetadata(stream);
    expect(metastreamRevision).toBeGreaterThan(0n);
    expect(Object.keys(store).filter((name) => /metadata/i.test(name))).toEqual([]);
  });

  it('an async listener is called before it has done with the event before; a consumer of the adapter never is', async () => {
    const stream = await filled(50);
    let busy = 0;
    let mostBusy = 0;
    const work = async () => {
      busy += 1;
      mostBusy = Math.max(mostBusy, busy);
      await turn();
      busy -= 1;
    };
    const subscription = client.subscribeToStream(stream);
    await new Promise<void>((resolve) => {
      let count = 0;
      subscription.on('data', async () => {
        await work();
        count += 1;
        if (count === 50) resolve();
      });
    });
    await subscription.unsubscribe();
    expect(mostBusy).toBeGreaterThan(1);

    mostBusy = 0;
    const abort = new AbortController();
    let count = 0;
    for await (const item of store.subscribeToStream(stream, { from: 'start', signal: abort.signal })) {
      if (item.kind !== 'event') continue;
      await work();
      count += 1;
      if (count === 50) abort.abort();
    }
    expect(mostBusy).toBe(1);
  });

  it('a resolved event may lack its event, and data need not be what its type says; the adapter hands over neither', async () => {
    const stream = `s-${randomUUID()}`;
    const nowhere = binaryEvent({ type: '$>', data: Buffer.from(`0@never-${stream}`) });
    const bytes = binaryEvent({ type: 'ThingHappened', data: Buffer.from('no JSON') });
    await client.appendToStream(stream, [nowhere, bytes]);
    const theirs: [boolean, unknown][] = [];
    for await (const { event } of client.readStream<{ type: 'ThingHappened'; data: { n: number } }>(stream, {
      resolveLinkTos: true,
    }))
      theirs.push([event === undefined, event?.data]);
    expect(theirs).toEqual([
      [true, undefined],
      [false, expect.any(Uint8Array)],
    ]);

    const ours: StoredEvent[] = [];
    for await (const event of store.readStream(stream)) ours.push(event);
    expect(ours.map(({ type, data }) => [type, data])).toEqual([
      ['$>', undefined],
      ['ThingHappened', undefined],
    ]);
  });
});
