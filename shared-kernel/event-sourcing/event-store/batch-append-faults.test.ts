import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { appended, attemptOf, endWith, eventually, nameLeader, statusOf } from '../testing/batch-appends.js';
import { type BatchServer, startBatchServer, stored, streamOf } from '../testing/batch-server.js';
import { startTcpProxy } from '../testing/tcp-proxy.js';
import { commandError, judgeStreamEnd } from './client-errors.js';
import { connectEventStore } from './eventstoredb.js';
import { type AppendOutcome, type EventStore, StoreRefusedError } from './port.js';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanUp.splice(0).reverse()) await clean();
});
const serving = async (script: Parameters<typeof startBatchServer>[0] = {}): Promise<BatchServer> => {
  const server = await startBatchServer(script);
  cleanUp.push(() => server.close());
  return server;
};
const connecting =
  (appendStreams: number) =>
  ({ url }: Pick<BatchServer, 'url'>, options: Partial<Parameters<typeof connectEventStore>[0]> = {}): EventStore => {
    const store = connectEventStore({ url, connectionName: 'batches', appendStreams, ...options });
    cleanUp.push(() => store.close());
    return store;
  };

describe.each([1, 16])('appends over up to %d batch streams', (most) => {
  const connected = connecting(most);

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
    if (most === 1) expect([server.opened(), server.open()]).toEqual([2, 2]);
    answerHeld();
    expect(await held).toEqual(appended);
    // nobody is left on it
    if (most === 1) await eventually(() => server.open() === 1);
  });

  it('are not mixed up by answers that come late, twice or to nobody', async () => {
    const answers = new Map<string, () => void>();
    const server = await serving({
      onRequest: (call, request) => {
        answers.set(streamOf(request), () => call.write(stored(request, BigInt(answers.size))));
        if (streamOf(request) === 'next') for (const name of ['late', 'late', 'held', 'held', 'next']) answers.get(name)?.();
      },
    });
    const store = connected(server);
    // keeps the stream of the late one in use
    const held = store.append(attemptOf('held'));
    expect(await store.append(attemptOf('late'), { timeoutMs: 50 })).toMatchObject({ kind: 'unknown' });
    expect(await store.append(attemptOf('next'))).toMatchObject({ kind: 'appended', revision: 3n });
    expect(await held).toMatchObject({ kind: 'appended' });
    if (most === 1) expect(server.opened()).toBe(2);
  });

  it('on a stream the server ends politely are unknown, and the next goes on a new one', async () => {
    let stopping = true;
    const server = await serving({
      onRequest: (call, request) => (stopping ? call.end() : call.write(stored(request))),
    });
    const store = connected(server);
    const both = await Promise.all([store.append(attemptOf('a')), store.append(attemptOf('b'))]);
    expect(both).toEqual(Array(2).fill({ kind: 'unknown', cause: 'the event store ended the append stream' }));
    stopping = false;
    expect(await store.append(attemptOf('a'))).toEqual(appended);
    if (most === 1) expect(server.opened()).toBe(2);
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
        if (streamOf(request) === 'broken') endWith(call, code);
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
  ])('of one %s are refused, when the server turns the stream away before any answer', async (_, code) => {
    const server = await serving({ onStream: (call) => endWith(call, code) });
    await expect(connected(server).append(attemptOf('s'))).rejects.toBeInstanceOf(StoreRefusedError);
  });

  it('follow the leader a server names', async () => {
    const leader = await serving({ onRequest: (call, request) => call.write(stored(request)) });
    const server = await serving({ onRequest: (call) => nameLeader(call, leader.port) });
    const store = connected(server);
    expect(await store.append(attemptOf('s'))).toMatchObject({ kind: 'unknown', cause: expect.stringContaining('as told') });
    expect(await store.append(attemptOf('s'))).toEqual(appended);
    expect([server.opened(), leader.opened()]).toEqual([1, 1]);
  });

  it.each([
    ['lists others only', 'others' as const],
    ['does not know the question', 12],
  ])('are calls of their own to a server that %s', async (_, told) => {
    const server = await serving({ told: () => told });
    const store = connected(server);
    for (const stream of ['a', 'b']) expect(await store.append(attemptOf(stream))).toMatchObject({ kind: 'appended' });
    expect([server.opened(), server.unaryAppends()]).toEqual([0, 2]);
  });

  it('whose time runs out while the server is asked for its calls are never sent', async () => {
    let tell: () => void = () => undefined;
    const told = new Promise<'batch'>((resolve) => {
      tell = () => resolve('batch');
    });
    const requested: string[] = [];
    const server = await serving({
      told: () => told,
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
    const store = connected({ url }, { logger: { warn } });
    for (let times = 0; times < 3; times += 1) expect(await store.append(attemptOf('s'))).toMatchObject({ kind: 'unknown' });
    // each from a connection of its own, or it would wait out the back-off of the one before
    expect(warn).toHaveBeenCalledTimes(2);
    await proxy.listen();
    expect(await store.append(attemptOf('s'))).toEqual(appended);
  });

  it('wait while the server takes no more, each no longer than its own time, and what was never sent is dropped', async () => {
    let requests = 0;
    let full = true;
    const server = await serving({
      onStream: (call) => full && call.pause(),
      onRequest: (call, request) => {
        requests += 1;
        call.write(stored(request));
      },
    });
    const store = connected(server, { appendTimeoutMs: 300 });
    const text = 'x'.repeat(400_000);
    const outcomes = await Promise.all(Array.from({ length: 40 }, () => store.append(attemptOf('s', text))));
    expect(outcomes).toEqual(Array(40).fill({ kind: 'unknown', cause: 'no answer in 300 ms' }));
    full = false;
    expect(await store.append(attemptOf('next'), { timeoutMs: 3000 })).toEqual(appended);
    await eventually(() => server.open() === 1);
    expect(requests).toBe(1);
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

it('a stream that names a leader without an address, which the client cannot read, makes its appends unknown', () => {
  const raw = statusOf(5, { exception: 'not-leader' });
  expect(commandError(raw)).toBe(raw);
  expect(judgeStreamEnd(commandError(raw), false)).toMatchObject({ kind: 'unknown' });
});

describe('appends over several batch streams', () => {
  it.each([
    ['one by one', 1],
    ['all at once', 20],
  ])(
    'need two tries at most after a change of leaders, %s, though a rush has left sixteen streams to the old one',
    async (_, together) => {
      const leader = await serving({ onRequest: (call, request) => call.write(stored(request)) });
      const waiting: (() => void)[] = [];
      let leads = true;
      const server = await serving({
        onRequest: (call, request) => {
          if (leads) waiting.push(() => call.write(stored(request)));
          else nameLeader(call, leader.port);
        },
      });
      const store = connecting(16)(server);
      const names = Array.from({ length: 20 }, (_, n) => String(n));
      const rush = Promise.all(names.map((name) => store.append(attemptOf(name))));
      await eventually(() => waiting.length === 20);
      leads = false;
      for (const answer of waiting) answer();
      await rush;
      expect(server.opened()).toBe(16);
      const triesOf = async (name: string): Promise<number> => {
        let tries = 1;
        while ((await store.append(attemptOf(name))).kind !== 'appended') tries += 1;
        return tries;
      };
      const tries: number[] = [];
      while (tries.length < 20) tries.push(...(await Promise.all(names.slice(0, together).map(triesOf))));
      expect(Math.max(...tries)).toBe(2);
    },
  );

  it('that end with one of them leave those on the others alone', async () => {
    const waiting = new Map<string, () => void>();
    const server = await serving({
      onRequest: (call, request) => {
        if (streamOf(request) === 'broken') endWith(call, 13);
        else waiting.set(streamOf(request), () => call.write(stored(request)));
      },
    });
    const store = connecting(16)(server);
    const held = store.append(attemptOf('held'));
    expect(await store.append(attemptOf('broken'))).toMatchObject({ kind: 'unknown' });
    await eventually(() => waiting.has('held'));
    waiting.get('held')?.();
    expect(await held).toEqual(appended);
    // forgotten streams are closed like those nobody uses
    await eventually(() => server.open() === 0);
  });
});

describe('the question which calls the server has', () => {
  const connected = connecting(16);

  it('that is never answered is asked anew over another connection, and nobody waits for it long', async () => {
    const server = await serving({
      told: (question) => (question === 1 ? new Promise(() => undefined) : 'batch'),
      onRequest: (call, request) => call.write(stored(request)),
    });
    const store = connected(server);
    const begun = Date.now();
    const patient = store.append(attemptOf('patient'), { timeoutMs: 8000 });
    const kinds: string[] = [];
    // its second ends about when the question is given up
    while (kinds.at(-1) !== 'appended' && kinds.length < 4) {
      kinds.push((await store.append(attemptOf('s'), { timeoutMs: 1000 })).kind);
    }
    expect([kinds[0], kinds.at(-1)]).toEqual(['unknown', 'appended']);
    expect(await patient).toEqual({ kind: 'unknown', cause: expect.stringContaining('which calls it serves') });
    expect(Date.now() - begun).toBeLessThan(4000);
    expect(await store.append(attemptOf('next'))).toEqual(appended);
  });

  it('that the server fails to answer makes unary calls of the appends that wait, is told of once, and asked anew', async () => {
    const warn = jest.fn();
    const server = await serving({
      told: (question) => (question === 1 ? 13 : 'batch'),
      onRequest: (call, request) => call.write(stored(request)),
    });
    const store = connected(server, { logger: { warn } });
    const waiting = await Promise.all(['a', 'b', 'c'].map((stream) => store.append(attemptOf(stream))));
    expect(waiting.map(({ kind }) => kind)).toEqual(Array(3).fill('appended'));
    expect([server.opened(), server.unaryAppends()]).toEqual([0, 3]);
    expect(warn.mock.calls).toEqual([
      [expect.objectContaining({ connectionName: 'batches' }), expect.stringContaining('unary calls')],
    ]);
    expect(await store.append(attemptOf('d'))).toEqual(appended);
    expect([server.opened(), server.unaryAppends()]).toEqual([1, 3]);
  });

  it('is asked anew where the call turned out not to be there: unknown this time, a unary call the next', async () => {
    const server = await serving({
      told: (question) => (question === 1 ? 'batch' : 'others'),
      onStream: (call) => endWith(call, 12),
    });
    const store = connected(server);
    expect(await store.append(attemptOf('s'))).toMatchObject({ kind: 'unknown' });
    expect(await store.append(attemptOf('s'))).toMatchObject({ kind: 'appended' });
    expect([server.opened(), server.unaryAppends()]).toEqual([1, 1]);
  });
});
