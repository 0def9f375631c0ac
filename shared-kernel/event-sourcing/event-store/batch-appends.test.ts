import { randomUUID } from 'node:crypto';
import { Metadata, type StatusObject } from '@grpc/grpc-js';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { type BatchServer, type BatchStream, failed, startBatchServer, stored, streamOf } from '../testing/batch-server.js';
import { context } from '../testing/seats.js';
import { startTcpProxy } from '../testing/tcp-proxy.js';
import { prepareEvents } from '../to-append.js';
import { commandError, judgeStreamEnd } from './client-errors.js';
import { connectEventStore } from './eventstoredb.js';
import { type AppendAttempt, type AppendOutcome, type EventStore, StoreRefusedError } from './port.js';

const attemptOf = (stream: string, text = ''): AppendAttempt => ({
  stream,
  expected: 'no_stream',
  events: prepareEvents([{ type: 'ThingHappened', data: { text } }], { versionOf: () => 1 }, context(randomUUID())),
});
const eventually = async (holds: () => boolean) => {
  const deadline = Date.now() + 5000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('not in time');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};
const statusOf = (code: number, trailers: Record<string, string> = {}): Partial<StatusObject> & Error => {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value);
  return Object.assign(new Error('as told'), { code, details: 'as told', metadata });
};
const end = (call: BatchStream, code: number, trailers?: Record<string, string>) => call.emit('error', statusOf(code, trailers));
const appended: AppendOutcome = { kind: 'appended', revision: 0n, position: { commit: 7n, prepare: 7n } };

describe('appends over the batch stream', () => {
  const cleanUp: (() => unknown)[] = [];
  afterEach(async () => {
    for (const clean of cleanUp.splice(0).reverse()) await clean();
  });
  const serving = async (script: Parameters<typeof startBatchServer>[0] = {}): Promise<BatchServer> => {
    const server = await startBatchServer(script);
    cleanUp.push(() => server.close());
    return server;
  };
  const connected = ({ url }: Pick<BatchServer, 'url'>, appendTimeoutMs = 5000, appendStreams = 1): EventStore => {
    const store = connectEventStore({ url, connectionName: 'batches', appendTimeoutMs, appendStreams });
    cleanUp.push(() => store.close());
    return store;
  };

  it('go over one stream, three hundred at once, and each caller gets its own answer, in whatever order and form it comes', async () => {
    const waiting: (() => void)[] = [];
    const server = await serving({
      onRequest: (call, request) => {
        const number = BigInt(streamOf(request));
        waiting.push(() => call.write(stored(request, number, number % 2n === 0n ? 'bits' : 'text')));
        if (waiting.length === 300) for (const answer of waiting.reverse()) answer();
      },
    });
    const store = connected(server);
    const outcomes = await Promise.all(Array.from({ length: 300 }, (_, n) => store.append(attemptOf(String(n)))));
    expect(outcomes).toEqual(Array.from({ length: 300 }, (_, n) => ({ ...appended, revision: BigInt(n) })));
    expect(server.opened()).toBe(1);
  });

  it('open no more streams than are of use: another for each under way at once, up to sixteen, and later ones use the first', async () => {
    const waiting: (() => void)[] = [];
    const used = new Set<number>();
    const server = await serving({
      onRequest: (call, request, number) => {
        used.add(number);
        waiting.push(() => call.write(stored(request)));
      },
    });
    const store = connectEventStore({ url: server.url, connectionName: 'rush' });
    cleanUp.push(() => store.close());
    const answered = async (together: number): Promise<void> => {
      const under = Promise.all(Array.from({ length: together }, (_, n) => store.append(attemptOf(String(n)))));
      await eventually(() => waiting.length === together);
      for (const answer of waiting.splice(0)) answer();
      await under;
    };
    for (const [together, opened] of [
      [1, 1],
      [3, 3],
      [40, 16],
    ] as const) {
      await answered(together);
      expect(server.opened()).toBe(opened);
    }
    used.clear();
    await answered(1);
    await answered(1);
    expect([...used]).toEqual([1]);
  });

  it('take a fraction of the turns of the event loop that one stream would take', async () => {
    const server = await serving({ onRequest: (call, request) => call.write(stored(request)) });
    const turnsOf = async (streams: number): Promise<number> => {
      const store = connected(server, 5000, streams);
      await store.append(attemptOf('first'));
      let turns = 0;
      let counting = true;
      const count = () => {
        turns += 1;
        if (counting) setImmediate(count);
      };
      setImmediate(count);
      await Promise.all(Array.from({ length: 160 }, (_, n) => store.append(attemptOf(String(n)))));
      counting = false;
      return turns;
    };
    const [one, sixteen] = [await turnsOf(1), await turnsOf(16)];
    expect(sixteen * 3).toBeLessThan(one);
  });

  it('share the streams there may be evenly', async () => {
    const waiting: (() => void)[] = [];
    const carried = new Map<number, number>();
    const server = await serving({
      onRequest: (call, request, number) => {
        carried.set(number, (carried.get(number) ?? 0) + 1);
        waiting.push(() => call.write(stored(request)));
        if (waiting.length === 12) for (const answer of waiting) answer();
      },
    });
    const store = connected(server, 5000, 4);
    await Promise.all(Array.from({ length: 12 }, (_, n) => store.append(attemptOf(String(n)))));
    expect([...carried.values()]).toEqual([3, 3, 3, 3]);
  });

  it('tell the server who asks, and that only the leader will do', async () => {
    const told: Record<string, unknown>[] = [];
    const server = await serving({
      onStream: ({ metadata }) => told.push(metadata.getMap()),
      onRequest: (call, request) => call.write(stored(request)),
    });
    await connected(server).append(attemptOf('s'));
    expect(told).toEqual([expect.objectContaining({ 'connection-name': 'batches', 'requires-leader': 'true' })]);
    // a password is never sent in the clear
    expect(told[0]).not.toHaveProperty('authorization');
  });

  it.each([
    ['WrongExpectedVersion', 'conflict'],
    ['Timeout', 'unknown'],
    ['Unknown', 'unknown'],
    ['NeverHeardOf', 'unknown'],
    ['StreamDeleted', 'refused'],
    ['AccessDenied', 'refused'],
    ['MaximumAppendSizeExceeded', 'refused'],
    ['BadRequest', 'refused'],
    ['InvalidTransaction', 'refused'],
  ])('answered with %s are %s, and the stream goes on', async (type, kind) => {
    const server = await serving({
      onRequest: (call, request) =>
        call.write(streamOf(request) === 's' ? failed(request, `event_store.client.${type}`) : stored(request)),
    });
    const store = connected(server);
    const outcome = await store.append(attemptOf('s')).catch((error: unknown) => error);
    if (kind === 'refused') expect(outcome).toBeInstanceOf(StoreRefusedError);
    else expect(outcome).toMatchObject({ kind });
    expect(await store.append(attemptOf('next'))).toEqual(appended);
    expect(server.opened()).toBe(1);
  });

  it('answered that the server is not ready are unknown', async () => {
    const server = await serving({ onRequest: (call, request) => call.write(failed(request, 'google.protobuf.Empty')) });
    expect(await connected(server).append(attemptOf('s'))).toMatchObject({ kind: 'unknown' });
  });

  it('that get no answer are unknown in their own time; others on the stream are not touched, and the next goes on a new one', async () => {
    let answerHeld = () => undefined as unknown;
    const server = await serving({
      onRequest: (call, request) => {
        if (streamOf(request) === 'held') answerHeld = () => call.write(stored(request));
        else if (streamOf(request) !== 'silent') call.write(stored(request));
      },
    });
    const store = connected(server);
    await store.append(attemptOf('first'));
    const begun = Date.now();
    const held = store.append(attemptOf('held'));
    const silent = await store.append(attemptOf('silent'), { timeoutMs: 150 });
    expect(silent).toEqual({ kind: 'unknown', cause: 'no answer in 150 ms' });
    expect(Date.now() - begun).toBeLessThan(1000);
    expect(await store.append(attemptOf('next'))).toEqual(appended);
    expect(server.opened()).toBe(2);
    expect(server.open()).toBe(2);
    answerHeld();
    expect(await held).toEqual(appended);
    // nobody is left on it
    await eventually(() => server.open() === 1);
  });

  it('are not mixed up by answers that come late, twice or to nobody', async () => {
    const answers = new Map<string, () => void>();
    const server = await serving({
      onRequest: (call, request, number) => {
        answers.set(streamOf(request), () => call.write(stored(request, BigInt(answers.size))));
        if (number === 2) for (const name of ['late', 'late', 'held', 'held', 'next']) answers.get(name)?.();
      },
    });
    const store = connected(server);
    // keeps the stream of the late one in use
    const held = store.append(attemptOf('held'));
    expect(await store.append(attemptOf('late'), { timeoutMs: 50 })).toMatchObject({ kind: 'unknown' });
    expect(await store.append(attemptOf('next'))).toMatchObject({ kind: 'appended', revision: 3n });
    expect(await held).toMatchObject({ kind: 'appended' });
    expect(server.opened()).toBe(2);
  });

  it('on a stream the server ends politely are unknown, and the next goes on a new one', async () => {
    const server = await serving({
      onRequest: (call, request, number) => (number === 1 ? call.end() : call.write(stored(request))),
    });
    const store = connected(server);
    const both = await Promise.all([store.append(attemptOf('a')), store.append(attemptOf('b'))]);
    expect(both).toEqual(Array(2).fill({ kind: 'unknown', cause: 'the event store ended the append stream' }));
    expect(await store.append(attemptOf('a'))).toEqual(appended);
    expect(server.opened()).toBe(2);
  });

  it.each([
    ['unavailable', 14],
    ['cancelled', 1],
    ['aborted', 10],
    ['an argument it does not take', 3],
    ['access denied, after it let others through', 7],
  ])('on a stream that ends with %s are unknown, and another connection’s go on', async (_, code) => {
    const server = await serving({
      onRequest: (call, request) => {
        if (streamOf(request) === 'broken') end(call, code);
        else call.write(stored(request));
      },
    });
    let answer = () => undefined as unknown;
    const healthy = await serving({
      onRequest: (call, request) => {
        answer = () => call.write(stored(request));
      },
    });
    const store = connected(server);
    const other = connected(healthy).append(attemptOf('other'));
    await eventually(() => healthy.opened() === 1);
    await store.append(attemptOf('first'));
    expect(await store.append(attemptOf('broken'))).toMatchObject({ kind: 'unknown' });
    expect(await store.append(attemptOf('next'))).toEqual(appended);
    await eventually(() => answer() !== undefined);
    expect(await other).toEqual(appended);
  });

  it.each([
    ['who it does not know', 16],
    ['who may not', 7],
    ['who asks for what it does not have after all', 12],
  ])('of one %s are refused, when the server turns the stream away before any answer', async (_, code) => {
    const server = await serving({ onStream: (call) => end(call, code) });
    await expect(connected(server).append(attemptOf('s'))).rejects.toBeInstanceOf(StoreRefusedError);
  });

  it('follow the leader a server names', async () => {
    const leader = await serving({ onRequest: (call, request) => call.write(stored(request)) });
    const server = await serving({
      onRequest: (call) =>
        end(call, 5, {
          exception: 'not-leader',
          'leader-endpoint-host': '127.0.0.1',
          'leader-endpoint-port': String(leader.port),
        }),
    });
    const store = connected(server);
    expect(await store.append(attemptOf('s'))).toMatchObject({ kind: 'unknown', cause: expect.stringContaining('as told') });
    expect(await store.append(attemptOf('s'))).toEqual(appended);
    expect([server.opened(), leader.opened()]).toEqual([1, 1]);
  });

  it('survive a leader without an address, which the client cannot read', () => {
    const raw = statusOf(5, { exception: 'not-leader' });
    expect(commandError(raw)).toBe(raw);
    expect(judgeStreamEnd(commandError(raw), false)).toMatchObject({ kind: 'unknown' });
  });

  it.each([
    ['lists others only', 'others' as const],
    ['does not know the question', 12],
    ['fails to say', 13],
  ])('are calls of their own to a server that %s', async (_, told) => {
    const server = await serving({ told });
    const store = connected(server);
    for (const stream of ['a', 'b']) expect(await store.append(attemptOf(stream))).toMatchObject({ kind: 'appended' });
    expect([server.opened(), server.unaryAppends()]).toEqual([0, 2]);
  });

  it('whose time runs out while the server is asked for its calls are never sent', async () => {
    let tell: () => void = () => undefined;
    const tellWhen = new Promise<void>((resolve) => {
      tell = resolve;
    });
    const requested: string[] = [];
    const server = await serving({
      tellWhen,
      onRequest: (call, request) => {
        requested.push(streamOf(request));
        call.write(stored(request));
      },
    });
    const store = connected(server);
    expect(await store.append(attemptOf('early'), { timeoutMs: 50 })).toMatchObject({ kind: 'unknown' });
    tell();
    expect(await store.append(attemptOf('next'))).toEqual(appended);
    expect(requested).toEqual(['next']);
  });

  it('to a server that was not there are unknown, and go through as soon as it is', async () => {
    const server = await serving({ onRequest: (call, request) => call.write(stored(request)) });
    const proxy = await startTcpProxy(server.port);
    cleanUp.push(() => proxy.close());
    await proxy.refuse();
    const warn = jest.fn();
    const url = `esdb://127.0.0.1:${proxy.port}?tls=false`;
    const store = connectEventStore({ url, connectionName: 'batches', logger: { warn } });
    cleanUp.push(() => store.close());
    for (let times = 0; times < 3; times += 1) expect(await store.append(attemptOf('s'))).toMatchObject({ kind: 'unknown' });
    // each from a connection of its own, or it would wait out the back-off of the one before
    expect(warn).toHaveBeenCalledTimes(2);
    await proxy.listen();
    expect(await store.append(attemptOf('s'))).toEqual(appended);
  });

  it('wait while the server takes no more, each no longer than its own time, and what was never sent is dropped', async () => {
    let requests = 0;
    const server = await serving({
      onStream: (call, number) => number === 1 && call.pause(),
      onRequest: (call, request) => {
        requests += 1;
        call.write(stored(request));
      },
    });
    const store = connected(server, 300);
    const text = 'x'.repeat(400_000);
    const outcomes = await Promise.all(Array.from({ length: 40 }, () => store.append(attemptOf('s', text))));
    expect(outcomes).toEqual(Array(40).fill({ kind: 'unknown', cause: 'no answer in 300 ms' }));
    expect(await store.append(attemptOf('next'), { timeoutMs: 3000 })).toEqual(appended);
    await eventually(() => server.open() === 1);
    expect(requests).toBe(1);
  });

  it('beyond what a stream takes at once go as it takes more', async () => {
    const server = await serving({ onRequest: (call, request) => call.write(stored(request)) });
    const store = connected(server);
    const text = 'x'.repeat(200_000);
    const outcomes = await Promise.all(Array.from({ length: 60 }, () => store.append(attemptOf('s', text))));
    expect(outcomes).toEqual(Array(60).fill(appended));
    expect(server.opened()).toBe(1);
  });

  it('leave a stream that nobody uses: it is closed, so that it keeps no process alive; the next opens another', async () => {
    const server = await serving({ onRequest: (call, request) => call.write(stored(request)) });
    const store = connected(server);
    await store.append(attemptOf('a'));
    await store.append(attemptOf('b'));
    expect([server.opened(), server.open()]).toEqual([1, 1]);
    await eventually(() => server.open() === 0);
    expect(await store.append(attemptOf('c'))).toEqual(appended);
    expect(server.opened()).toBe(2);
  });

  it('on a link that froze while the stream was idle are unknown in their time, and go through on a new one', async () => {
    const server = await serving({ onRequest: (call, request) => call.write(stored(request)) });
    const proxy = await startTcpProxy(server.port);
    cleanUp.push(() => proxy.close());
    const store = connected({ url: `esdb://127.0.0.1:${proxy.port}?tls=false` });
    await store.append(attemptOf('a'));
    proxy.freeze();
    const begun = Date.now();
    expect(await store.append(attemptOf('b'), { timeoutMs: 200 })).toMatchObject({ kind: 'unknown' });
    expect(Date.now() - begun).toBeLessThan(1000);
    let outcome: AppendOutcome = { kind: 'unknown', cause: '' };
    while (outcome.kind === 'unknown' && Date.now() - begun < 6000) {
      outcome = await store.append(attemptOf('b'), { timeoutMs: 1000 });
    }
    expect(outcome).toEqual(appended);
    expect(proxy.connections()).toBe(2);
  }, 10_000);

  it('end with the store that was closed over them', async () => {
    const server = await serving();
    const store = connected(server);
    const waiting = store.append(attemptOf('a'));
    await eventually(() => server.opened() === 1);
    await store.close();
    expect(await waiting).toEqual({ kind: 'unknown', cause: 'the connection was closed' });
    await eventually(() => server.open() === 0);
  });
});
