import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startEventStoreNode } from '@tiketi/local/event-store-node/server.js';
import { startHalfClosingServer } from '../testing/half-closing-server.js';
import { context } from '../testing/seats.js';
import { startTcpProxy, type TcpProxy } from '../testing/tcp-proxy.js';
import { prepareEvents } from '../to-append.js';
import { connectEventStore } from './eventstoredb.js';
import { type AppendAttempt, type EventStore, StoreUnavailableError } from './port.js';
import { resumingSubscription } from './resuming-subscription.js';

const attemptOf = (stream: string, count = 1, expected: AppendAttempt['expected'] = 'no_stream'): AppendAttempt => ({
  stream,
  expected,
  events: prepareEvents(
    Array.from({ length: count }, (_, index) => ({ type: 'ThingHappened', data: { index } })),
    { versionOf: () => 1 },
    context(randomUUID()),
  ),
});
const plainEvent = () => jsonEvent({ type: 'ThingHappened', data: {} });
const within = <T>(ms: number, promise: Promise<T>): Promise<T | 'pending'> => {
  let timer: NodeJS.Timeout;
  const late = new Promise<'pending'>((resolve) => {
    timer = setTimeout(() => resolve('pending'), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};
const outcomeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: unknown) => (error instanceof Error ? error.constructor.name : String(error)),
  );

describe('the adapter and the defects of the client (6.2.1)', () => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  let port: number;
  beforeEach(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tiketi-event-store-'));
    const node = await startEventStoreNode({ directory, port: 0 });
    port = node.port;
    cleanUp.push(() => rm(directory, { recursive: true, force: true }));
    cleanUp.push(() => node.close());
  });
  afterEach(async () => {
    for (const clean of cleanUp.splice(0).reverse()) await clean();
  });

  const throughProxy = async () => {
    const proxy = await startTcpProxy(port);
    cleanUp.push(() => proxy.close());
    return { proxy, url: `esdb://127.0.0.1:${proxy.port}?tls=false` };
  };
  const adapter = async (): Promise<{ proxy: TcpProxy; store: EventStore; url: string }> => {
    const { proxy, url } = await throughProxy();
    const store = connectEventStore({ url, connectionName: 'defects' });
    cleanUp.push(() => store.close());
    return { proxy, store, url };
  };
  const plainClient = async () => {
    const { proxy, url } = await throughProxy();
    const client = EventStoreDBClient.connectionString(url);
    cleanUp.push(async () => {
      proxy.cut();
      await client.dispose();
    });
    await client.appendToStream(`plain-${randomUUID()}`, plainEvent());
    return { proxy, client };
  };

  it('an append to a silent server: pending for ever in the client, unknown in time here', async () => {
    const { proxy, client } = await plainClient();
    const { proxy: ours, store } = await adapter();
    await store.append(attemptOf(`warm-${randomUUID()}`));
    proxy.freeze();
    ours.freeze(true);
    const theirs = outcomeOf(client.appendToStream('s', plainEvent(), { deadline: 200 }));
    const begun = Date.now();
    const outcome = await store.append(attemptOf('s'), { timeoutMs: 300 });
    expect(outcome.kind).toBe('unknown');
    expect(Date.now() - begun).toBeLessThan(1000);
    expect(await within(500, theirs)).toBe('pending');
  });

  it('an append whose stream the server ends politely: pending for ever in the client, unknown in time here', async () => {
    const server = await startHalfClosingServer();
    cleanUp.push(async () => server.close());
    const client = EventStoreDBClient.connectionString(server.url);
    const theirs = outcomeOf(client.appendToStream('s', plainEvent(), { deadline: 200 }));
    const store = connectEventStore({ url: server.url, connectionName: 'defects', appendTimeoutMs: 300 });
    cleanUp.push(() => store.close());
    expect((await store.append(attemptOf('s'))).kind).toBe('unknown');
    expect(await within(500, theirs)).toBe('pending');
  });

  it('an append that was never let through is unknown; repeated to the letter it is stored once', async () => {
    const { proxy, store } = await adapter();
    const attempt = attemptOf(`s-${randomUUID()}`, 3);
    await store.append(attemptOf(`warm-${randomUUID()}`));
    proxy.freeze();
    expect((await store.append(attempt, { timeoutMs: 200 })).kind).toBe('unknown');
    proxy.thaw();
    expect(await store.append(attempt)).toMatchObject({ kind: 'appended', revision: 2n });
    const read = [];
    for await (const event of store.readStream(attempt.stream)) read.push(event.id);
    expect(read).toEqual(attempt.events.map(({ id }) => id));
  });

  it('an error of one connection: rejects another’s append in the client, not here', async () => {
    const first = await plainClient();
    const second = await plainClient();
    second.proxy.freeze();
    const theirs = outcomeOf(second.client.appendToStream('theirs', plainEvent()));
    await within(100, theirs);
    void outcomeOf(first.client.appendToStream('theirs', plainEvent()));
    first.proxy.cut();
    expect(await within(3000, theirs)).toBe('UnavailableError');

    const one = await adapter();
    const other = await adapter();
    await one.store.append(attemptOf(`warm-${randomUUID()}`));
    await other.store.append(attemptOf(`warm-${randomUUID()}`));
    one.proxy.freeze();
    other.proxy.freeze();
    const broken = one.store.append(attemptOf('broken'));
    const ours = other.store.append(attemptOf('ours'));
    one.proxy.cut();
    expect((await broken).kind).toBe('unknown');
    other.proxy.thaw();
    expect(await ours).toMatchObject({ kind: 'appended', revision: 0n });
  });

  it('a reply that comes late: ends the process that runs the client alone, and not one that runs the adapter', async () => {
    const at = (name: string) => fileURLToPath(new URL(name, import.meta.url));
    const run = (more: string[]) =>
      promisify(execFile)(process.execPath, [at('../testing/late-reply.mjs'), ...more], { timeout: 20_000 });
    await expect(run([])).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('promiseBank') });
    const { stdout } = await run([at('../../dist/event-sourcing/event-store/stray-rejections.js')]);
    expect(stdout).toContain('alive, 1 reported');
  }, 30_000);

  it('a link that died: reads and subscriptions hang in the client; here it is noticed in 5 s and replaced', async () => {
    const { proxy, store } = await adapter();
    const stream = `s-${randomUUID()}`;
    await store.append(attemptOf(stream));
    const plain = await plainClient();
    const following = plain.client.subscribeToStream(stream);
    const heard = new Promise<unknown>((resolve) => {
      for (const event of ['error', 'end', 'close']) following.on(event, () => resolve(event));
    });
    await new Promise((resolve) => following.once('data', resolve));
    const abort = new AbortController();
    const subscription = store.subscribeToStream(stream, { from: 'start', signal: abort.signal })[Symbol.asyncIterator]();
    await subscription.next();
    await subscription.next();
    proxy.freeze();
    plain.proxy.freeze();
    const theirs = outcomeOf(plain.client.readStream(stream)[Symbol.asyncIterator]().next());
    const begun = Date.now();
    const ended = outcomeOf(Promise.resolve(subscription.next()));
    const reading = outcomeOf(Promise.resolve(store.readStream(stream)[Symbol.asyncIterator]().next()));
    expect(await within(5000, ended)).toBe(StoreUnavailableError.name);
    expect(await within(5000 - (Date.now() - begun), reading)).toBe(StoreUnavailableError.name);
    expect(await within(1, Promise.race([heard, theirs]))).toBe('pending');
    expect(await store.append(attemptOf(stream, 1, 0n))).toMatchObject({ kind: 'appended', revision: 1n });
    abort.abort();
  }, 15_000);

  it('a server that was away is found again at once', async () => {
    const { proxy, store } = await adapter();
    const attempt = attemptOf(`s-${randomUUID()}`);
    await store.append(attemptOf(`warm-${randomUUID()}`));
    await proxy.refuse();
    for (let times = 0; times < 5; times += 1) expect((await store.append(attempt)).kind).toBe('unknown');
    await proxy.listen();
    expect(await store.append(attempt, { timeoutMs: 2000 })).toMatchObject({ kind: 'appended' });
  });

  it('a subscription: ends with its connection in the client; resumed here without a gap or a repeat', async () => {
    const { proxy, store } = await adapter();
    const stream = `resumed-${randomUUID()}`;
    const plain = await plainClient();
    const told: string[] = [];
    const theirs = plain.client.subscribeToStream(stream);
    for (const event of ['error', 'end', 'close']) theirs.on(event, () => told.push(event));
    let theirCount = 0;
    theirs.on('data', () => {
      theirCount += 1;
    });
    await new Promise((resolve) => theirs.once('confirmation', resolve));
    const theirError = new Promise((resolve) => theirs.once('error', resolve));
    plain.proxy.cut();
    await theirError;
    const total = 120;
    const abort = new AbortController();
    let interruptions = 0;
    const seen: bigint[] = [];
    const following = (async () => {
      const filter = { by: 'streamPrefix', prefixes: [stream] } as const;
      const onInterrupted = () => {
        interruptions += 1;
      };
      const items = resumingSubscription(store, { from: 'start', filter, signal: abort.signal, onInterrupted });
      for await (const item of items) {
        if (item.kind !== 'event') continue;
        seen.push(item.event.revision);
        if (seen.length % 40 === 20) proxy.cut();
        if (seen.length === total) abort.abort();
      }
    })();
    for (let done = 0; done < total; done += 10) {
      const attempt = attemptOf(stream, 10, done === 0 ? 'no_stream' : BigInt(done - 1));
      while ((await store.append(attempt)).kind !== 'appended');
    }
    await following;
    expect(seen).toEqual(Array.from({ length: total }, (_, index) => BigInt(index)));
    expect(interruptions).toBeGreaterThanOrEqual(3);
    expect({ told, theirCount, destroyed: theirs.destroyed }).toEqual({ told: ['error'], theirCount: 0, destroyed: false });
  });
});
