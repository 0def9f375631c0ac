import { describe, expect, it } from '@jest/globals';
import { type Position, StoreRefusedError, StoreUnavailableError, type SubscriptionItem } from './port.js';
import { resumingSubscription } from './resuming-subscription.js';

const at = (commit: bigint, prepare = commit): Position => ({ commit, prepare });
const FACTS = { id: 'id', stream: 's', revision: 0n, type: 'T', data: {}, metadata: {}, recordedAt: new Date(0) };
const event = (position: Position): SubscriptionItem => ({
  kind: 'event',
  event: { position, ...FACTS },
});
const checkpoint = (position: Position): SubscriptionItem => ({ kind: 'checkpoint', position });
const caughtUp: SubscriptionItem = { kind: 'caughtUp' };

/** A store whose subscriptions bring these items, one list each, and then break; the last one is called off instead. */
const following = async (from: Position | 'start', lives: readonly (readonly SubscriptionItem[])[], fault?: Error) => {
  const abort = new AbortController();
  const starts: (Position | 'start')[] = [];
  const items: SubscriptionItem[] = [];
  const store = {
    subscribeToAll: async function* (options: { from: Position | 'start' }) {
      yield* lives[starts.push(options.from) - 1] ?? [];
      if (fault !== undefined) throw fault;
      if (starts.length < lives.length) throw new StoreUnavailableError('broken off');
      abort.abort();
    },
  };
  for await (const item of resumingSubscription(store, { from, signal: abort.signal })) items.push(item);
  return { starts, items };
};

describe('a resuming subscription', () => {
  it('goes on behind the last event or checkpoint', async () => {
    const { starts, items } = await following('start', [[event(at(10n)), checkpoint(at(30n)), caughtUp], [event(at(40n))], []]);
    expect(starts).toEqual(['start', at(30n), at(40n)]);
    expect(items).toEqual([event(at(10n)), checkpoint(at(30n)), caughtUp, event(at(40n))]);
  });

  it.each([
    ['a checkpoint behind the last event', [event(at(20n)), checkpoint(at(10n))], at(20n)],
    ['an event behind the last checkpoint', [checkpoint(at(20n)), event(at(10n))], at(20n)],
    ['a checkpoint of the same commit, prepared before', [event(at(20n, 19n)), checkpoint(at(20n, 15n))], at(20n, 19n)],
    ['a checkpoint behind the place it was given', [checkpoint(at(3n))], at(5n)],
  ])('never goes back: not for %s', async (_, items, resumedFrom) => {
    expect((await following(at(5n), [items, []])).starts).toEqual([at(5n), resumedFrom]);
  });

  it('goes on from where it was where nothing came', async () => {
    expect((await following(at(5n), [[], [caughtUp], []])).starts).toEqual([at(5n), at(5n), at(5n)]);
  });

  it('throws what no retry mends', async () => {
    await expect(following('start', [[]], new StoreRefusedError('no'))).rejects.toThrow(StoreRefusedError);
  });
});
