import { randomUUID } from 'node:crypto';
import { type Position, StreamNotFoundError } from '@eventstore/db-client';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { anEvent, collect, numbers, placeOf, type ServerUnderTest, upFrom } from './server-under-test.js';

/** Reads of one stream, of all streams, and through links. */
export const readingContract = (server: () => ServerUnderTest): void => {
  describe('a read of a stream', () => {
    let stream: string;
    beforeAll(async () => {
      ({ stream } = await server().filled(10));
    });
    const read = (options: Parameters<ServerUnderTest['client']['readStream']>[1]) =>
      numbers(server().client.readStream(stream, options));
    const backwards = { direction: 'backwards' } as const;

    it('forwards begins with the revision itself', async () => {
      expect(await read({})).toEqual(upFrom(0, 10));
      expect(await read({ fromRevision: 'start', maxCount: 2 })).toEqual([0, 1]);
      expect(await read({ fromRevision: 7n })).toEqual([7, 8, 9]);
      expect(await read({ fromRevision: 3n, maxCount: 2 })).toEqual([3, 4]);
      expect(await read({ fromRevision: 10n })).toEqual([]);
    });

    it('backwards begins with the revision itself', async () => {
      expect(await read({ ...backwards, fromRevision: 'end' })).toEqual(upFrom(0, 10).reverse());
      expect(await read({ ...backwards, fromRevision: 'end', maxCount: 2 })).toEqual([9, 8]);
      expect(await read({ ...backwards, fromRevision: 2n })).toEqual([2, 1, 0]);
      expect(await read({ ...backwards, fromRevision: 0n })).toEqual([0]);
    });

    it('that does not exist says so', async () => {
      const attempt = collect(server().client.readStream(server().stream()));
      await expect(attempt).rejects.toBeInstanceOf(StreamNotFoundError);
    });

    it('may be left in the middle, and brings many without a gap', async () => {
      const { stream: long } = await server().filled(1500);
      for await (const { event } of server().client.readStream(long)) if (event?.revision === 3n) break;
      expect(await numbers(server().client.readStream(long))).toEqual(upFrom(0, 1500));
    });
  });

  describe('a read of all streams', () => {
    const places: Position[] = [];
    let streams: readonly string[];
    beforeAll(async () => {
      streams = [server().stream('all'), server().stream('all')];
      for (const n of upFrom(0, 6)) places.push(placeOf(await server().client.appendToStream(streams[n % 2] ?? '', anEvent(n))));
    });
    const place = (n: number): Position => places[n] ?? { commit: -1n, prepare: -1n };
    /** Ours among those read: others may write at the same time. */
    const read = async (options: Parameters<ServerUnderTest['client']['readAll']>[0]) => {
      const events = await collect(server().client.readAll(options));
      return numbers(
        (async function* () {
          for (const event of events) if (streams.includes(event.event?.streamId ?? '')) yield event;
        })(),
      );
    };

    it('forwards begins with the event at the position itself', async () => {
      expect(await read({ fromPosition: place(0) })).toEqual([0, 1, 2, 3, 4, 5]);
      const [first] = await collect(server().client.readAll({ fromPosition: place(3), maxCount: 1 }));
      expect(first?.event).toMatchObject({ streamId: streams[1], revision: 1n, position: place(3) });
    });

    it('backwards leaves the event at the position out', async () => {
      const before = { direction: 'backwards', fromPosition: place(3) } as const;
      const [first] = await collect(server().client.readAll({ ...before, maxCount: 1 }));
      expect(first?.event?.position?.commit).toBeLessThan(place(3).commit);
      expect(await read({ ...before, maxCount: 500 })).toEqual([2, 1, 0]);
    });

    it('from the end finds nothing forwards and the last backwards', async () => {
      const [last] = await collect(server().client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 1 }));
      expect(last?.event?.position?.commit).toBeGreaterThanOrEqual(place(5).commit);
      expect(await read({ fromPosition: 'end' })).toEqual([]);
    });

    it('gives each event of one append a position of its own, in order', async () => {
      const { stream, result } = await server().filled(5);
      const events = (await collect(server().client.readStream(stream))).map(({ event }) => event);
      const commits = events.map((event) => event?.position?.commit ?? -1n);
      expect(commits).toEqual([...new Set(commits)].sort((a, b) => (a < b ? -1 : 1)));
      expect(events.at(-1)?.position).toEqual(result.position);
      const fromSecond = { commit: commits[1] ?? 0n, prepare: events[1]?.position?.prepare ?? 0n };
      const read = await collect(server().client.readAll({ fromPosition: fromSecond, maxCount: 2 }));
      expect(read.map(({ event }) => event?.id)).toEqual([events[1]?.id, events[2]?.id]);
    });

    it('shows a system event on a server nobody has used yet', async () => {
      const [first] = await collect(server().client.readAll({ maxCount: 1 }));
      expect(first?.event?.streamId).toMatch(/^\$/);
      expect(first?.event?.streamId).not.toBe('$epoch-information');
    });
  });

  describe('a link', () => {
    const linkTo = (target: string) => ({
      id: randomUUID(),
      contentType: 'application/octet-stream' as const,
      type: '$>',
      data: Buffer.from(target),
      metadata: undefined,
    });
    let links: string;
    let target: string;
    beforeAll(async () => {
      target = `${server().stream('of')}@at`;
      const gone = await server().filled(1, 'gone');
      await server().client.appendToStream(target, [anEvent(0), anEvent(1)]);
      await server().client.tombstoneStream(gone.stream);
      links = server().stream('links');
      const targets = [`1@${target}`, `0@${gone.stream}`, `0@${server().stream('never')}`, `9@${target}`];
      await server().client.appendToStream(links, targets.map(linkTo));
    });

    it('stays a link unless resolving is asked for', async () => {
      const events = await collect(server().client.readStream(links));
      expect(events.map(({ event, link }) => [event?.type, link])).toEqual(upFrom(0, 4).map(() => ['$>', undefined]));
    });

    it('comes with its target, or without an event where there is none', async () => {
      const events = await collect(server().client.readStream(links, { resolveLinkTos: true }));
      expect(events.map(({ event }) => event?.streamId)).toEqual([target, undefined, undefined, undefined]);
      expect(events.map(({ link }) => [link?.streamId, link?.revision])).toEqual([0n, 1n, 2n, 3n].map((at) => [links, at]));
      expect(events[0]?.event).toMatchObject({ revision: 1n, data: { n: 1 } });
    });

    it('is resolved for who subscribes, too', async () => {
      const seen: [unknown, unknown][] = [];
      for await (const { event, link } of server().client.subscribeToStream(links, { resolveLinkTos: true })) {
        seen.push([event?.streamId, link?.revision]);
        if (seen.length === 4) break;
      }
      expect(seen).toEqual([target, undefined, undefined, undefined].map((of, at) => [of, BigInt(at)]));
    });

    it('to what $maxCount or $tb hides has no event', async () => {
      const { stream } = await server().filled(3);
      const through = server().stream('links');
      await server().client.appendToStream(through, [linkTo(`0@${stream}`), linkTo(`2@${stream}`)]);
      await server().client.setStreamMetadata(stream, { maxCount: 1 });
      const events = await collect(server().client.readStream(through, { resolveLinkTos: true }));
      expect(events.map(({ event }) => event?.revision)).toEqual([undefined, 2n]);
      await server().client.setStreamMetadata(stream, { truncateBefore: 3 });
      const again = await collect(server().client.readStream(through, { resolveLinkTos: true }));
      expect(again.map(({ event, link }) => [event, link?.revision])).toEqual([0n, 1n].map((at) => [undefined, at]));
    });
  });
};
