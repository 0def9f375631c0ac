import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { startNodeProcess } from '@tiketi/local/event-store-node/testing/node-process.js';
import { context } from '../testing/seats.js';
import { startTcpProxy } from '../testing/tcp-proxy.js';
import { prepareEvents } from '../to-append.js';
import { connectEventStore } from './eventstoredb.js';
import type { EventStore } from './port.js';
import { resumingSubscription } from './resuming-subscription.js';

const MIB = 1024 * 1024;
const DEEP = process.env.TIKETI_DEEP === '1';
/** Appends of 50 events of eight kilobytes, every other one to a stream that is not asked for. */
const APPENDS = DEEP ? 1000 : 200;
const EVENTS = 50;
const TEXT = 'x'.repeat(8000);
/** Appended before anybody reads, so that the node has filled what it keeps of its newest events. */
const WARMING = 80;
/** What may be under way to one subscriber: the connection's window, the buffers of both ends' streams. */
const MOST_BUFFERED = 2 * MIB;
/** Garbage not yet collected; what the subscriber has fallen behind by is more. */
const MOST_GROWN = 32 * MIB;

type Stats = { readonly bufferedBytes: number; readonly memoryBytes: number; readonly subscriptions: number };

const appendMany = async (store: EventStore, stream: string, from: number): Promise<void> => {
  const drafts = Array.from({ length: EVENTS }, (_, index) => ({ type: 'ThingHappened', data: { n: from + index, text: TEXT } }));
  const events = prepareEvents(drafts, { versionOf: () => 1 }, context(randomUUID()));
  const attempt = { stream, expected: from === 0 ? ('no_stream' as const) : BigInt(from - 1), events };
  while ((await store.append(attempt)).kind !== 'appended');
};

describe('a subscriber that reads slowly, loses its connection and resumes', () => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const clean of cleanUp.splice(0).reverse()) await clean();
  });

  it('sees every event once and in order, and the node holds no more for it the further it falls behind', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tiketi-slow-'));
    cleanUp.push(() => rm(directory, { recursive: true, force: true }));
    const node = await startNodeProcess(directory);
    cleanUp.push(() => node.stop('SIGKILL'));
    const port = Number(new URL(node.url.replace('esdb:', 'http:')).port);
    const proxy = await startTcpProxy(port);
    cleanUp.push(() => proxy.close());
    const connected = (url: string) => {
      const store = connectEventStore({ url, connectionName: 'slow' });
      cleanUp.push(() => store.close());
      return store;
    };
    const writer = connected(node.url);
    const reader = connected(`esdb://127.0.0.1:${proxy.port}?tls=false`);
    const stats = async () => (await (await fetch(`http://127.0.0.1:${port}/stats`)).json()) as Stats;

    const run = randomUUID();
    let usual = 0;
    for (let done = 0; done < WARMING; done += 1) {
      await appendMany(writer, `warming-${run}`, done * EVENTS);
      usual = Math.max(usual, (await stats()).memoryBytes);
    }

    const total = (APPENDS / 2) * EVENTS;
    const abort = new AbortController();
    let interruptions = 0;
    let mayRead = (): void => undefined;
    const appended = new Promise<void>((resolve) => {
      mayRead = resolve;
    });
    const seen: bigint[] = [];
    const following = (async () => {
      const items = resumingSubscription(reader, {
        from: 'start',
        filter: { by: 'streamPrefix', prefixes: [`wanted-${run}`] },
        signal: abort.signal,
        onInterrupted: () => {
          interruptions += 1;
        },
      });
      for await (const item of items) {
        if (item.kind !== 'event') continue;
        seen.push(item.event.revision);
        if (seen.length === EVENTS / 2) await appended;
        // in the middle of an append, of what the client has buffered, and of what it has not yet been sent
        if (seen.length % Math.floor(total / 5) === 33) proxy.cut();
        if (seen.length === total) abort.abort();
      }
    })();

    let mostBuffered = 0;
    let mostMemory = 0;
    for (let done = 0; done < APPENDS; done += 1) {
      await appendMany(writer, done % 2 === 0 ? `wanted-${run}` : `other-${run}`, Math.floor(done / 2) * EVENTS);
      const { bufferedBytes, memoryBytes } = await stats();
      mostBuffered = Math.max(mostBuffered, bufferedBytes);
      mostMemory = Math.max(mostMemory, memoryBytes);
    }
    expect((await stats()).subscriptions).toBe(1);
    // its connection pushed back, or nothing would be shown
    expect(mostBuffered).toBeGreaterThan(0);
    expect(mostBuffered).toBeLessThan(MOST_BUFFERED);
    expect(mostMemory - usual).toBeLessThan(MOST_GROWN);

    mayRead();
    await following;
    expect(seen).toEqual(Array.from({ length: total }, (_, index) => BigInt(index)));
    expect(interruptions).toBeGreaterThanOrEqual(4);
  }, 120_000);
});
