import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { EventStoreDBClient, jsonEvent, NotLeaderError, UnavailableError } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type NodeProcess, startNodeProcess } from '@tiketi/local/event-store-node/testing/node-process.js';
import { context } from '../testing/seats.js';
import { type Excuse, startWithholdingServer } from '../testing/withholding-server.js';
import { prepareEvents } from '../to-append.js';
import { connectEventStore } from './eventstoredb.js';
import { type AppendAttempt, type EventStore, StoreUnavailableError } from './port.js';
import { resumingSubscription } from './resuming-subscription.js';

const NOTICED_MS = 5000;

const attemptOf = (stream: string, count: number, expected: AppendAttempt['expected']): AppendAttempt => ({
  stream,
  expected,
  events: prepareEvents(
    Array.from({ length: count }, (_, index) => ({ type: 'ThingHappened', data: { index } })),
    { versionOf: () => 1 },
    context(randomUUID()),
  ),
});
const upTo = (count: number) => Array.from({ length: count }, (_, index) => BigInt(index));
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const eventually = async (holds: () => boolean | Promise<boolean>) => {
  const deadline = Date.now() + 15_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('not in time');
    await pause(20);
  }
};
const idsIn = async (store: EventStore, stream: string) => {
  const ids: string[] = [];
  for await (const { id } of store.readStream(stream)) ids.push(id);
  return ids;
};

describe('the adapter and a node that is a process of its own', () => {
  const cleanUp: (() => Promise<unknown> | unknown)[] = [];
  let directory: string;
  let node: NodeProcess;
  let port: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tiketi-adapter-'));
    node = await startNodeProcess(directory);
    port = new URL(node.url.replace('esdb:', 'http:')).port;
    cleanUp.push(() => rm(directory, { recursive: true, force: true }));
    cleanUp.push(() => node.stop('SIGKILL'));
  });
  afterEach(async () => {
    for (const clean of cleanUp.splice(0).reverse()) await clean();
  });
  const connected = (url = node.url, way: object = {}) => {
    const store = connectEventStore({ url, connectionName: 'node-process', ...way });
    cleanUp.push(() => store.close());
    return store;
  };
  const plainClient = () => {
    const client = EventStoreDBClient.connectionString(node.url);
    cleanUp.push(() => client.dispose());
    return client;
  };
  const openSubscriptions = async () => {
    const stats: unknown = await (await fetch(`http://127.0.0.1:${port}/stats`)).json();
    return typeof stats === 'object' && stats !== null && 'subscriptions' in stats ? stats.subscriptions : undefined;
  };

  it('that is stopped: the client’s append waits, ours is unknown in its time, reads end in 5 s; woken, the repeat is stored once', async () => {
    const store = connected();
    const client = plainClient();
    const stream = `stopped-${randomUUID()}`;
    await store.append(attemptOf(stream, 1, 'no_stream'));
    await client.appendToStream(`plain-${randomUUID()}`, jsonEvent({ type: 'Warm', data: {} }));
    node.child.kill('SIGSTOP');
    try {
      let settled = false;
      const mark = () => {
        settled = true;
      };
      client.appendToStream('plain', jsonEvent({ type: 'Late', data: {} }), { deadline: 300 }).then(mark, mark);
      const attempt = attemptOf(stream, 2, 0n);
      const begun = Date.now();
      const reading = idsIn(store, stream).catch((error: unknown) => error);
      expect((await store.append(attempt, { timeoutMs: 400 })).kind).toBe('unknown');
      expect(Date.now() - begun).toBeLessThan(1500);
      expect(await reading).toBeInstanceOf(StoreUnavailableError);
      expect(Date.now() - begun).toBeLessThan(NOTICED_MS);
      expect(settled).toBe(false);
      node.child.kill('SIGCONT');
      await eventually(async () => (await store.append(attempt)).kind === 'appended');
      expect((await idsIn(store, stream)).slice(1)).toEqual(attempt.events.map(({ id }) => id));
    } finally {
      node.child.kill('SIGCONT');
    }
  }, 20_000);

  it('that answers while this process is held up for longer than the appends’ time: they are known all the same', async () => {
    const store = connected();
    await store.append(attemptOf(`warm-${randomUUID()}`, 1, 'no_stream'));
    node.child.kill('SIGSTOP');
    const attempts = Array.from({ length: 60 }, () => attemptOf(`held-up-${randomUUID()}`, 1, 'no_stream'));
    const appending = Promise.all(attempts.map((attempt) => store.append(attempt, { timeoutMs: 1000 })));
    // so that all are on their way before this process does nothing any more
    await pause(200);
    node.child.kill('SIGCONT');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1200);
    expect((await appending).filter(({ kind }) => kind !== 'appended')).toEqual([]);
  });

  it('that is killed and started anew: subscriptions go on without a gap or a repeat', async () => {
    const store = connected();
    const stream = `killed-${randomUUID()}`;
    const total = 150;
    const abort = new AbortController();
    const seen: bigint[] = [];
    const following = (async () => {
      const filter = { by: 'streamPrefix', prefixes: [stream] } as const;
      for await (const item of resumingSubscription(store, { from: 'start', filter, signal: abort.signal })) {
        if (item.kind === 'event') seen.push(item.event.revision);
      }
    })();
    const appending = (async () => {
      for (let done = 0; done < total; done += 5) {
        const attempt = attemptOf(stream, 5, done === 0 ? 'no_stream' : BigInt(done - 1));
        while ((await store.append(attempt, { timeoutMs: 1000 })).kind !== 'appended') await pause(20);
      }
    })();
    for (const mark of [30, 90]) {
      await eventually(() => seen.length >= mark);
      await node.stop('SIGKILL');
      node = await startNodeProcess(directory, { EVENT_STORE_NODE_PORT: port });
    }
    await appending;
    await eventually(() => seen.length >= total);
    abort.abort();
    await following;
    expect(seen).toEqual(upTo(total));
  }, 40_000);

  it.each<[Excuse, object, typeof NotLeaderError | typeof UnavailableError]>([
    ['not-leader', { appendStreams: 1 }, NotLeaderError],
    ['unavailable', { appendStreams: 1 }, UnavailableError],
    ['not-leader', { appendStreams: 16 }, NotLeaderError],
    ['unavailable', { appendStreams: 16 }, UnavailableError],
    ['not-leader', { appendStreams: 0 }, NotLeaderError],
    ['unavailable', { appendStreams: 0 }, UnavailableError],
  ])(
    'that stored the append and says %s: a failure in the client; unknown here (%j), and the repeat finds the first',
    async (excuse, way, kind) => {
      const theirs = await startWithholdingServer(Number(port), [excuse]);
      cleanUp.push(() => theirs.close());
      const client = EventStoreDBClient.connectionString(theirs.url);
      cleanUp.push(() => client.dispose());
      const unary = { credentials: { username: 'insecure', password: 'insecure' }, expectedRevision: 'no_stream' } as const;
      const plain = client.appendToStream(`plain-${excuse}`, jsonEvent({ type: 'Stored', data: {} }), unary);
      await expect(plain).rejects.toBeInstanceOf(kind);
      expect(await idsIn(connected(), `plain-${excuse}`)).toHaveLength(1);

      const ours = await startWithholdingServer(Number(port), [excuse, excuse]);
      cleanUp.push(() => ours.close());
      const store = connected(ours.url, way);
      const attempt = attemptOf(`excused-${randomUUID()}`, 3, 'no_stream');
      expect((await store.append(attempt)).kind).toBe('unknown');
      expect((await store.append(attempt)).kind).toBe('unknown');
      expect(await store.append(attempt)).toMatchObject({ kind: 'appended', revision: 2n });
      expect(await idsIn(connected(), attempt.stream)).toEqual(attempt.events.map(({ id }) => id));
    },
  );

  it('whose consumer throws: a callback that throws stalls the client in silence; here the error comes out and the call is closed', async () => {
    const store = connected();
    const prefix = `thrown-${randomUUID()}`;
    await store.append(attemptOf(`${prefix}-a`, 200, 'no_stream'));
    const program = fileURLToPath(new URL('../testing/throwing-callback.mjs', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [program, node.url, prefix]);
    const told: unknown = JSON.parse(stdout);
    expect(told).toMatchObject({ errors: 0, rejections: expect.any(Number) });
    expect(told).not.toMatchObject({ arrived: 200 });

    await eventually(async () => (await openSubscriptions()) === 0);
    const ours = { from: 'start', filter: { by: 'streamPrefix', prefixes: [prefix] } } as const;
    const consume = async (upTo: number) => {
      const { signal } = new AbortController();
      let count = 0;
      for await (const item of store.subscribeToAll({ ...ours, signal })) {
        if (item.kind === 'event') count += 1;
        if (count === upTo) throw new Error('the consumer’s own fault');
      }
    };
    await expect(consume(100)).rejects.toThrow('the consumer’s own fault');
    await eventually(async () => (await openSubscriptions()) === 0);
    await expect(consume(200)).rejects.toThrow('the consumer’s own fault');
  });

  it('whose consumer stalls for longer than a dead server is borne: nothing is lost, and other calls do not wait', async () => {
    const store = connected();
    const stream = `stalled-${randomUUID()}`;
    await store.append(attemptOf(stream, 200, 'no_stream'));
    const abort = new AbortController();
    const seen: bigint[] = [];
    for await (const item of store.subscribeToStream(stream, { from: 'start', signal: abort.signal })) {
      if (item.kind !== 'event') continue;
      seen.push(item.event.revision);
      if (seen.length === 1) {
        await pause(NOTICED_MS);
        for (let done = 200; done < 600; done += 200) {
          expect(await store.append(attemptOf(stream, 200, BigInt(done - 1)))).toMatchObject({ kind: 'appended' });
        }
      }
      if (seen.length === 600) abort.abort();
    }
    expect(seen).toEqual(upTo(600));
  }, 20_000);
});
