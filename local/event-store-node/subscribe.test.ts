import {
  type AllStreamSubscription,
  type AppendResult,
  eventTypeFilter,
  excludeSystemEvents,
  type Filter,
  type Position,
  type StreamSubscription,
  streamNameFilter,
} from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { noted, type RunningNode, runNode } from './testing/running-node.js';

/** Follows a subscription: the `n` of each event and 'caught-up', in the order they came. */
const follow = (subscription: AllStreamSubscription | StreamSubscription) => {
  const seen: (number | string)[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const note = (what: number | string): void => {
    seen.push(what);
    for (const waiter of waiting) if (seen.length >= waiter.count) waiter.resolve();
  };
  subscription.on('confirmation', () => note('confirmed'));
  subscription.on('caughtUp', () => note('caught-up'));
  subscription.on('error', (error: Error) => note(error.constructor.name));
  subscription.on('data', ({ event }) => {
    const data: unknown = event?.data;
    note(typeof data === 'object' && data !== null && 'n' in data ? Number(data.n) : `${event?.type}`);
  });
  return {
    seen,
    until: (count: number) =>
      new Promise<void>((resolve) => {
        if (seen.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
  };
};

describe('subscribing to a stream', () => {
  let running: RunningNode;
  beforeAll(async () => {
    running = await runNode();
    await running.client.appendToStream('s', [noted(0), noted(1), noted(2)]);
  });
  afterAll(() => running.stop());

  it('confirms, catches up, says so, and goes on live', async () => {
    const subscription = running.client.subscribeToStream('s');
    const { seen, until } = follow(subscription);
    await until(5);
    expect(seen).toEqual(['confirmed', 0, 1, 2, 'caught-up']);
    expect(subscription.id).toMatch(/^[0-9a-f-]{36}$/);
    await running.client.appendToStream('s', [noted(3), noted(4)]);
    await until(7);
    expect(seen.slice(5)).toEqual([3, 4]);
    await subscription.unsubscribe();
  });

  it('starts after the given revision, or after the last one', async () => {
    const after = running.client.subscribeToStream('s', { fromRevision: 1n });
    const fromEnd = running.client.subscribeToStream('s', { fromRevision: 'end' });
    const [one, end] = [follow(after), follow(fromEnd)];
    await Promise.all([one.until(5), end.until(2)]);
    expect(one.seen).toEqual(['confirmed', 2, 3, 4, 'caught-up']);
    expect(end.seen).toEqual(['confirmed', 'caught-up']);
    await running.client.appendToStream('s', noted(5));
    await end.until(3);
    expect(end.seen[2]).toBe(5);
    await Promise.all([after.unsubscribe(), fromEnd.unsubscribe()]);
  });

  it('waits for a stream that is not there yet', async () => {
    const subscription = running.client.subscribeToStream('later');
    const { seen, until } = follow(subscription);
    await until(2);
    await running.client.appendToStream('later', noted(0), { expectedRevision: 'no_stream' });
    await until(3);
    expect(seen).toEqual(['confirmed', 'caught-up', 0]);
    await subscription.unsubscribe();
  });

  it('ends as deleted when the stream is tombstoned', async () => {
    await running.client.appendToStream('ending', noted(0));
    const { seen, until } = follow(running.client.subscribeToStream('ending'));
    await until(3);
    await running.client.tombstoneStream('ending');
    await until(4);
    expect(seen).toEqual(['confirmed', 0, 'caught-up', 'StreamDeletedError']);
  });
});

describe('subscribing to $all', () => {
  let running: RunningNode;
  const written: AppendResult[] = [];
  beforeAll(async () => {
    running = await runNode();
    for (let n = 0; n < 10; n += 1) {
      written.push(await running.client.appendToStream(`s-${n % 2}`, noted(n, undefined, n % 3 === 0 ? 'Third' : 'Noted')));
    }
  });
  afterAll(() => running.stop());

  const catchUp = async (filter?: Filter, fromPosition?: Position): Promise<(number | string)[]> => {
    const subscription = running.client.subscribeToAll({ ...(filter && { filter }), ...(fromPosition && { fromPosition }) });
    const { seen } = follow(subscription);
    await new Promise((resolve) => subscription.once('caughtUp', resolve));
    await subscription.unsubscribe();
    return seen.slice(1, -1);
  };

  it('sends everything after a position, the position itself left out', async () => {
    expect(await catchUp()).toEqual(['$User', '$User', 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await catchUp(undefined, written[6]?.position)).toEqual([7, 8, 9]);
  });

  it('filters by prefix or expression of the stream name or the type', async () => {
    expect(await catchUp(excludeSystemEvents())).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await catchUp(streamNameFilter({ prefixes: ['s-1', 'none'] }))).toEqual([1, 3, 5, 7, 9]);
    expect(await catchUp(streamNameFilter({ regex: '^s-[0]$' }))).toEqual([0, 2, 4, 6, 8]);
    expect(await catchUp(eventTypeFilter({ prefixes: ['Th'] }))).toEqual([0, 3, 6, 9]);
    expect(await catchUp(eventTypeFilter({ regex: '(?i)^third|User' }))).toEqual(['$User', '$User', 0, 3, 6, 9]);
  });

  it('refuses an expression it cannot read and a position beyond the log', async () => {
    const broken = follow(running.client.subscribeToAll({ filter: eventTypeFilter({ regex: '([' }) }));
    const beyond = follow(running.client.subscribeToAll({ fromPosition: { commit: 2n ** 64n - 1n, prepare: 2n ** 64n - 1n } }));
    await Promise.all([broken.until(1), beyond.until(1)]);
    expect([broken.seen, beyond.seen]).toEqual([['UnknownError'], ['UnknownError']]);
  });

  it('sends a checkpoint after each window times interval of considered events, and the last sent one on catching up', async () => {
    const checkpoints: bigint[] = [];
    const filter = streamNameFilter({
      prefixes: ['s-1'],
      maxSearchWindow: 2,
      checkpointInterval: 2,
      checkpointReached: (_subscription, position) => {
        checkpoints.push(position.commit);
      },
    });
    const all = await catchUp(filter);
    expect(all).toEqual([1, 3, 5, 7, 9]);
    // considered: the epoch, two users, then n = 0…9; every fourth of them is a checkpoint
    const at = (n: number) => written[n]?.position?.commit;
    expect(checkpoints).toEqual([at(0), at(4), at(8), at(9)]);
  });

  it('goes on live, in order, through many appends at once', async () => {
    const subscription = running.client.subscribeToAll({
      fromPosition: 'end',
      filter: streamNameFilter({ prefixes: ['live-'] }),
    });
    const { seen, until } = follow(subscription);
    await until(2);
    await Promise.all(Array.from({ length: 500 }, (_, n) => running.client.appendToStream(`live-${n % 7}`, noted(n))));
    await until(502);
    const numbersSeen = seen.slice(2);
    expect(numbersSeen).toHaveLength(500);
    expect(new Set(numbersSeen).size).toBe(500);
    await subscription.unsubscribe();
  });

  it('ends as cancelled when the server stops', async () => {
    const { seen, until } = follow(running.client.subscribeToAll({ fromPosition: 'end' }));
    await until(2);
    await running.node.close();
    await until(3);
    expect(seen[2]).toBe('CancelledError');
  });
});

describe('a subscriber that does not read', () => {
  it('costs the node no memory and loses nothing: it reads on from the log', async () => {
    const running = await runNode();
    const total = 60;
    const subscription = running.client.subscribeToStream('wide');
    subscription.pause();
    const append = (n: number) =>
      running.client.appendToStream('wide', { ...noted(n), data: { n, pad: 'x'.repeat(500_000) } }, { expectedRevision: 'any' });
    for (let n = 0; n < total; n += 1) await append(n);
    const stats = await (await fetch(running.node.url.replace('esdb', 'http').replace('?tls=false', '/stats'))).json();
    expect(stats).toMatchObject({ subscriptions: 1 });
    const got: number[] = [];
    for await (const { event } of subscription) {
      const data: unknown = event?.data;
      if (typeof data === 'object' && data !== null && 'n' in data) got.push(Number(data.n));
      if (got.length === total) break;
    }
    expect(got).toEqual(Array.from({ length: total }, (_, n) => n));
    await running.stop();
  });
});
