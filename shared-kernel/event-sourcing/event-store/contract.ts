import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CommandId } from '../../contracts/ids.js';
import { type EventStore, type EventToAppend, type StoredEvent, StoreRefusedError, type SubscriptionItem } from './port.js';

const anEvent = (type = 'ThingHappened', data: unknown = { note: '좌석 예매' }): EventToAppend => ({
  id: randomUUID(),
  type,
  data,
  metadata: {
    $correlationId: 'correlation',
    $causationId: 'cause',
    commandId: CommandId.parse('command'),
    actor: { id: 'someone', role: 'buyer' },
    schemaVersion: 1,
  },
});

const someEvents = (count: number) => Array.from({ length: count }, () => anEvent());
const aStream = (prefix = 'contract') => `${prefix}-${randomUUID()}`;
const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
};
const revisions = (events: readonly StoredEvent[]) => events.map(({ revision }) => revision);
const idsOf = (events: readonly { id: string }[]) => events.map(({ id }) => id);

/** Takes items until `enough` of what came; ends the subscription either way. */
const take = async (
  subscribe: (signal: AbortSignal) => AsyncIterable<SubscriptionItem>,
  enough: (items: readonly SubscriptionItem[]) => boolean,
  each: (item: SubscriptionItem) => Promise<void> = async () => undefined,
): Promise<SubscriptionItem[]> => {
  const abort = new AbortController();
  const items: SubscriptionItem[] = [];
  for await (const item of subscribe(abort.signal)) {
    items.push(item);
    await each(item);
    if (enough(items)) abort.abort();
  }
  return items;
};
const eventsIn = (items: readonly SubscriptionItem[]) => items.flatMap((item) => (item.kind === 'event' ? [item.event] : []));

/** What every event store behind the port must do, from the documented behaviour of EventStoreDB 24. */
export const eventStoreContract = (
  name: string,
  open: () => Promise<{ readonly store: EventStore; readonly close: () => Promise<void> }>,
): void => {
  describe(`${name} keeps the event store contract`, () => {
    let store: EventStore;
    let close: () => Promise<void> = async () => undefined;
    beforeAll(async () => {
      ({ store, close } = await open());
    });
    afterAll(() => close());

    const stored = async (count: number, prefix?: string) => {
      const stream = aStream(prefix);
      const events = someEvents(count);
      const outcome = await store.append({ stream, expected: 'no_stream', events });
      if (outcome.kind !== 'appended') throw new Error(`not stored: ${outcome.kind}`);
      return { stream, events, outcome };
    };

    describe('append', () => {
      it('opens a stream, goes on at its revision, and tells the last event’s revision and position', async () => {
        const { stream, events, outcome } = await stored(3);
        expect(outcome.revision).toBe(2n);
        const more = someEvents(2);
        const second = await store.append({ stream, expected: 2n, events: more });
        const read = await all(store.readStream(stream));
        expect(idsOf(read)).toEqual(idsOf([...events, ...more]));
        expect(second).toEqual({ kind: 'appended', revision: 4n, position: read[4]?.position });
        expect(read[2]?.position).toEqual(outcome.position);
      });

      it('keeps type, data, metadata and time', async () => {
        const before = Date.now() - 2000;
        const { stream, events } = await stored(1);
        const [read] = await all(store.readStream(stream));
        expect(read).toMatchObject({ type: 'ThingHappened', data: { note: '좌석 예매' }, stream, metadata: events[0]?.metadata });
        expect(read?.recordedAt.getTime()).toBeGreaterThan(before);
      });

      it.each([
        ['no stream, where there is one', 'no_stream' as const],
        ['an earlier revision', 0n],
        ['a later revision', 7n],
      ])('conflicts when told to expect %s, and stores nothing', async (_, expected) => {
        const { stream } = await stored(2);
        expect(await store.append({ stream, expected, events: someEvents(1) })).toEqual({ kind: 'conflict' });
        expect(await all(store.readStream(stream))).toHaveLength(2);
      });

      it('conflicts on a revision of a stream that does not exist', async () => {
        expect(await store.append({ stream: aStream(), expected: 0n, events: someEvents(1) })).toEqual({ kind: 'conflict' });
      });

      it.each([
        ['no_stream' as const, 0],
        [1n, 2],
      ])('answers the same attempt at %s again with its first outcome, however much came after', async (expected, before) => {
        const stream = aStream();
        if (before > 0) await store.append({ stream, expected: 'no_stream', events: someEvents(before) });
        const attempt = { stream, expected, events: someEvents(3) };
        const first = await store.append(attempt);
        expect(first.kind).toBe('appended');
        expect(await store.append(attempt)).toEqual(first);
        await store.append({ stream, expected: BigInt(before + 2), events: someEvents(2) });
        expect(await store.append(attempt)).toEqual(first);
        expect(await all(store.readStream(stream))).toHaveLength(before + 5);
      });

      it('conflicts where only a part of the attempt is there', async () => {
        const { stream, events } = await stored(2);
        const longer = [...events, anEvent()];
        const [first] = events;
        if (first === undefined) throw new Error('no event');
        expect((await store.append({ stream, expected: 'no_stream', events: longer })).kind).toBe('conflict');
        expect((await store.append({ stream, expected: 'no_stream', events: [first, anEvent()] })).kind).toBe('conflict');
        expect((await store.append({ stream, expected: 'no_stream', events: [first] })).kind).toBe('appended');
        expect(await all(store.readStream(stream))).toHaveLength(2);
      });

      it('lets one of many at the same revision in', async () => {
        const { stream } = await stored(1);
        const outcomes = await Promise.all(
          Array.from({ length: 20 }, () => store.append({ stream, expected: 0n, events: someEvents(2) })),
        );
        expect(outcomes.filter(({ kind }) => kind === 'appended')).toHaveLength(1);
        expect(outcomes.filter(({ kind }) => kind === 'conflict')).toHaveLength(19);
        expect(await all(store.readStream(stream))).toHaveLength(3);
      });

      it('refuses more than 1 MiB and stores nothing of it', async () => {
        const stream = aStream();
        const large = anEvent('ThingHappened', { text: 'x'.repeat(1024 * 1024 + 1) });
        const attempt = { stream, expected: 'no_stream' as const, events: [anEvent(), large] };
        await expect(store.append(attempt)).rejects.toThrow(StoreRefusedError);
        expect(await all(store.readStream(stream))).toEqual([]);
      });
    });

    describe('read', () => {
      it('of a missing stream yields nothing', async () => {
        expect(await all(store.readStream(aStream()))).toEqual([]);
      });

      it('of a stream starts at the revision itself, in both directions, and counts', async () => {
        const { stream } = await stored(5);
        const read = async (options: Parameters<EventStore['readStream']>[1]) =>
          revisions(await all(store.readStream(stream, options)));
        expect(await read({ from: 3n })).toEqual([3n, 4n]);
        expect(await read({ from: 1n, maxCount: 2 })).toEqual([1n, 2n]);
        expect(await read({ from: 5n })).toEqual([]);
        expect(await read({ from: 'end', direction: 'backwards', maxCount: 2 })).toEqual([4n, 3n]);
        expect(await read({ from: 2n, direction: 'backwards' })).toEqual([2n, 1n, 0n]);
      });

      it('may be left in the middle', async () => {
        const { stream } = await stored(200);
        for await (const event of store.readStream(stream)) if (event.revision === 3n) break;
        expect(await all(store.readStream(stream))).toHaveLength(200);
      });

      it('of all streams goes in order of positions; forwards includes its start, backwards does not', async () => {
        const { stream, outcome } = await stored(2);
        await stored(2);
        const forwards = await all(store.readAll({ from: outcome.position, maxCount: 3 }));
        expect(forwards[0]).toMatchObject({ stream, revision: 1n });
        const places = forwards.map(({ position }) => position.commit);
        expect(places).toEqual([...places].sort((a, b) => (a < b ? -1 : 1)));
        expect(new Set(places).size).toBe(3);
        const [before] = await all(store.readAll({ from: outcome.position, direction: 'backwards', maxCount: 1 }));
        expect(before).toMatchObject({ stream, revision: 0n });
        const [last] = await all(store.readAll({ from: 'end', direction: 'backwards', maxCount: 1 }));
        expect(last?.position.commit).toBeGreaterThanOrEqual(forwards[2]?.position.commit ?? 0n);
      });

      it('never takes the end marker for a place', async () => {
        const end = 2n ** 64n - 1n;
        const from = { commit: end, prepare: end };
        await expect((async () => all(store.readAll({ from })))()).rejects.toThrow(RangeError);
        const { signal } = new AbortController();
        await expect((async () => all(store.subscribeToAll({ from, signal })))()).rejects.toThrow(RangeError);
      });
    });

    describe('a subscription', () => {
      it('to a stream brings what is there, says that it caught up, and goes on', async () => {
        const { stream } = await stored(3);
        const items = await take(
          (signal) => store.subscribeToStream(stream, { from: 'start', signal }),
          (seen) => eventsIn(seen).length === 5,
          async (item) => {
            if (item.kind === 'caughtUp') await store.append({ stream, expected: 2n, events: someEvents(2) });
          },
        );
        expect(revisions(eventsIn(items))).toEqual([0n, 1n, 2n, 3n, 4n]);
        expect(items[3]?.kind).toBe('caughtUp');
      });

      it('to a stream starts behind the revision, and may wait for a stream to come', async () => {
        const { stream } = await stored(3);
        const items = await take(
          (signal) => store.subscribeToStream(stream, { from: 1n, signal }),
          (seen) => eventsIn(seen).length === 1,
        );
        expect(revisions(eventsIn(items))).toEqual([2n]);
        const coming = aStream();
        const first = await take(
          (signal) => store.subscribeToStream(coming, { from: 'start', signal }),
          (seen) => eventsIn(seen).length === 1,
          async (item) => {
            if (item.kind === 'caughtUp') await store.append({ stream: coming, expected: 'no_stream', events: someEvents(1) });
          },
        );
        expect(revisions(eventsIn(first))).toEqual([0n]);
      });

      it('to all streams starts behind the position and filters by stream', async () => {
        const prefix = `p${randomUUID().slice(0, 8)}`;
        const first = await stored(2, prefix);
        await stored(2);
        const second = await stored(2, prefix);
        const [start] = await all(store.readStream(first.stream));
        if (start === undefined) throw new Error('nothing stored');
        const filters = [
          { by: 'streamPrefix', prefixes: ['nothing-', `${prefix}-`] },
          { by: 'streamRegex', regex: `^${prefix}-` },
        ] as const;
        for (const filter of filters) {
          const items = await take(
            (signal) => store.subscribeToAll({ from: start.position, filter, signal }),
            (seen) => eventsIn(seen).length === 3,
          );
          expect(idsOf(eventsIn(items))).toEqual(idsOf([...first.events.slice(1), ...second.events]));
        }
      });

      it('to all streams filters by type', async () => {
        const type = `T${randomUUID().slice(0, 8)}`;
        const { outcome } = await stored(1);
        const stream = aStream();
        await store.append({
          stream,
          expected: 'no_stream',
          events: [anEvent(`${type}Done`), anEvent(), anEvent(`${type}Undone`)],
        });
        const filters = [
          { by: 'eventTypePrefix', prefixes: [type] },
          { by: 'eventTypeRegex', regex: `^${type}` },
        ] as const;
        for (const filter of filters) {
          const items = await take(
            (signal) => store.subscribeToAll({ from: outcome.position, filter, signal }),
            (seen) => eventsIn(seen).length === 2,
          );
          expect(eventsIn(items).map((event) => event.type)).toEqual([`${type}Done`, `${type}Undone`]);
        }
      });

      it('with a filter tells how far it has looked', async () => {
        const { outcome } = await stored(1);
        await stored(100);
        const filter = { by: 'streamPrefix', prefixes: [aStream('absent')] } as const;
        const items = await take(
          (signal) => store.subscribeToAll({ from: outcome.position, filter, signal }),
          (seen) => seen.some(({ kind }) => kind === 'checkpoint'),
        );
        const places = items.flatMap((item) => (item.kind === 'checkpoint' ? [item.position.commit] : []));
        expect(places[0]).toBeGreaterThan(outcome.position.commit);
      });

      it('brings everything in order to one who reads slowly', async () => {
        const { stream } = await stored(500);
        const items = await take(
          (signal) => store.subscribeToStream(stream, { from: 'start', signal }),
          (seen) => eventsIn(seen).length === 500,
          () => new Promise((resolve) => setImmediate(resolve)),
        );
        expect(revisions(eventsIn(items))).toEqual(Array.from({ length: 500 }, (_, index) => BigInt(index)));
      });

      it('ends without an error when it is called off while it waits', async () => {
        const { stream } = await stored(1);
        const abort = new AbortController();
        const items: SubscriptionItem[] = [];
        for await (const item of store.subscribeToStream(stream, { from: 'start', signal: abort.signal })) {
          items.push(item);
          if (item.kind === 'caughtUp') setImmediate(() => abort.abort());
        }
        expect(items.map(({ kind }) => kind)).toEqual(['event', 'caughtUp']);
      });
    });
  });
};
