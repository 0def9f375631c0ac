import { afterEach, describe, expect, it } from '@jest/globals';
import { appended, attemptOf, eventually } from '../testing/batch-appends.js';
import { type BatchServer, failed, startBatchServer, stored, streamOf } from '../testing/batch-server.js';
import { connectEventStore } from './eventstoredb.js';
import { type EventStore, StoreRefusedError } from './port.js';

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
});
