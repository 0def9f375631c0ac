import {
  eventTypeFilter,
  type Filter,
  StreamDeletedError,
  type SubscribeToAllOptions,
  streamNameFilter,
} from '@eventstore/db-client';
import { describe, expect, it } from '@jest/globals';
import { anEvent, follow, numberOf, placeOf, type ServerUnderTest, someEvents, upFrom } from './server-under-test.js';

/** Catch-up subscriptions to one stream and to all. */
export const subscribingContract = (server: () => ServerUnderTest): void => {
  const append = (stream: string, events: ReturnType<typeof someEvents>) =>
    server().client.appendToStream(stream, events, { expectedRevision: 'any' });

  describe('a subscription to a stream', () => {
    it('is confirmed, brings what is there, says that it caught up, goes on live', async () => {
      const { stream } = await server().filled(3);
      const subscription = server().client.subscribeToStream(stream);
      const followed = follow(subscription);
      await followed.caughtUp();
      expect(followed.entries).toEqual(['confirmed', 0, 1, 2, 'caughtUp']);
      expect(subscription.id).toBeTruthy();
      await append(stream, someEvents(2, 3));
      await followed.until(() => followed.events().length === 5);
      expect(followed.events()).toEqual(upFrom(0, 5));
      await subscription.unsubscribe();
    });

    it.each([
      ['behind the revision it is given', 1n, [2, 3]],
      ['behind the last event at the end', 'end' as const, [3]],
      ['with the first event at the start', 'start' as const, [0, 1, 2, 3]],
    ])('begins %s', async (_, fromRevision, expected) => {
      const { stream } = await server().filled(3);
      const subscription = server().client.subscribeToStream(stream, { fromRevision });
      const followed = follow(subscription);
      await followed.caughtUp();
      await append(stream, someEvents(1, 3));
      await followed.until(() => followed.events().includes(3));
      expect(followed.events()).toEqual(expected);
      await subscription.unsubscribe();
    });

    it('may wait for a stream that is still to come', async () => {
      const stream = server().stream();
      const subscription = server().client.subscribeToStream(stream);
      const followed = follow(subscription);
      await followed.caughtUp();
      await append(stream, someEvents(2));
      await followed.until(() => followed.events().length === 2);
      expect(followed.events()).toEqual([0, 1]);
      await subscription.unsubscribe();
    });

    it('brings of what is there only what $maxCount and $tb leave', async () => {
      const { stream } = await server().filled(6);
      await server().client.setStreamMetadata(stream, { maxCount: 4, truncateBefore: 3 });
      const subscription = server().client.subscribeToStream(stream);
      const followed = follow(subscription);
      await followed.caughtUp();
      expect(followed.entries).toEqual(['confirmed', 3, 4, 5, 'caughtUp']);
      await subscription.unsubscribe();
    });

    it('ends as deleted when its stream is tombstoned', async () => {
      const { stream } = await server().filled(1);
      const followed = follow(server().client.subscribeToStream(stream));
      await followed.caughtUp();
      await server().client.tombstoneStream(stream);
      await followed.until(() => followed.entries.at(-1) instanceof Error);
      expect(followed.entries.at(-1)).toBeInstanceOf(StreamDeletedError);
    });

    it('loses nothing while its reader pauses, also what is appended meanwhile', async () => {
      const stream = server().stream();
      const padded = (n: number) => ({ ...anEvent(n), data: { n, text: 'x'.repeat(4000) } });
      await append(stream, upFrom(0, 200).map(padded));
      const subscription = server().client.subscribeToStream(stream);
      const seen: number[] = [];
      for await (const item of subscription) {
        seen.push(numberOf(item));
        if (seen.length === 1) for (const batch of upFrom(1, 9)) await append(stream, upFrom(batch * 200, 200).map(padded));
        if (seen.length === 2000) break;
      }
      expect(seen).toEqual(upFrom(0, 2000));
    });

    it('comes in order while many append', async () => {
      const stream = server().stream();
      const subscription = server().client.subscribeToStream(stream);
      const followed = follow(subscription);
      await Promise.all(upFrom(0, 100).map((n) => append(stream, someEvents(3, n * 3))));
      await followed.until(() => followed.events().length === 300);
      expect(followed.items.map(({ event }) => event?.revision)).toEqual(upFrom(0, 300).map(BigInt));
      await subscription.unsubscribe();
    });
  });

  describe('a subscription to all streams', () => {
    const ours = (more: Parameters<typeof streamNameFilter>[0] | object = {}, label = '') =>
      streamNameFilter({ prefixes: [`${server().prefix}-${label}`], ...more });
    const subscribe = (options: SubscribeToAllOptions) => {
      const subscription = server().client.subscribeToAll(options);
      return { subscription, followed: follow(subscription) };
    };

    it('begins behind the position it is given', async () => {
      const first = await server().filled(2, 'behind');
      await server().filled(2, 'behind');
      const filter = ours({}, 'behind');
      const { subscription, followed } = subscribe({ fromPosition: placeOf(first.result), filter });
      await followed.caughtUp();
      expect(followed.entries).toEqual(['confirmed', 0, 1, 'caughtUp']);
      await server().filled(1, 'behind');
      await followed.until(() => followed.events().length === 3);
      await subscription.unsubscribe();
    });

    it('at the end brings only what comes after', async () => {
      await server().filled(2, 'end');
      const { subscription, followed } = subscribe({ fromPosition: 'end', filter: ours({}, 'end') });
      await followed.caughtUp();
      await server().filled(1, 'end');
      await followed.until(() => followed.events().length > 0);
      expect(followed.events()).toEqual([0]);
      await subscription.unsubscribe();
    });

    it.each<[string, (type: string, label: string) => Filter]>([
      [
        'prefixes of the stream’s name',
        (_, label) => streamNameFilter({ prefixes: ['nothing-', `${server().prefix}-${label}-`] }),
      ],
      ['an expression of the stream’s name', (_, label) => streamNameFilter({ regex: `^${server().prefix}-${label}-\\d+$` })],
      [
        'an expression that says by a word within it to overlook case',
        (_, label) => streamNameFilter({ regex: `(?i)^${server().prefix.toUpperCase()}-${label}-` }),
      ],
      ['prefixes of the type', (type) => eventTypeFilter({ prefixes: [type, 'Nothing'] })],
      ['an expression of the type', (type) => eventTypeFilter({ regex: `^${type}(Done|Undone)$` })],
    ])('brings only what %s lets through, at once and live', async (_, filterOf) => {
      const stream = server().stream('wanted');
      const type = stream.replaceAll('-', '');
      const other = await server().filled(1, 'other');
      const filter = filterOf(type, stream.split('-').at(-2) ?? '');
      const { subscription, followed } = subscribe({ fromPosition: placeOf(other.result), filter });
      const wanted = (n: number) =>
        append(stream, [anEvent(n, undefined, `${type}Done`), anEvent(n + 1, undefined, `${type}Undone`)]);
      await wanted(0);
      await server().filled(1, 'other');
      await followed.until(() => followed.entries.includes('caughtUp') && followed.events().length === 2);
      await server().filled(1, 'other');
      await wanted(2);
      await followed.until(() => followed.events().length >= 4);
      expect(followed.events()).toEqual([0, 1, 2, 3]);
      await subscription.unsubscribe();
    });
  });
};
