import { WrongExpectedVersionError } from '@eventstore/db-client';
import { describe, expect, it } from '@jest/globals';
import { anEvent, collect, numbers, type ServerUnderTest } from './server-under-test.js';

const DEADLINE_MS = 15_000;

/** Stream metadata, and what it hides. */
export const metadataContract = (server: () => ServerUnderTest): void => {
  const read = (stream: string, options = {}) => numbers(server().client.readStream(stream, options));
  const backwards = { direction: 'backwards', fromRevision: 'end' } as const;

  describe('metadata', () => {
    it('reads back as written, with fields of one’s own; its stream shows the last alone', async () => {
      const { stream } = await server().filled(1);
      const { client } = server();
      await client.setStreamMetadata(stream, { maxCount: 7 });
      await client.setStreamMetadata(stream, { maxCount: 8, acl: { readRoles: ['$all'] }, owner: 'contract' });
      const { metadata } = await client.getStreamMetadata(stream);
      expect(metadata).toMatchObject({ maxCount: 8, acl: { readRoles: ['$all'] }, owner: 'contract' });
      const events = await collect(client.readStream(`$$${stream}`));
      expect(events.map(({ event }) => [event?.revision, event?.type])).toEqual([[1n, '$metadata']]);
    });

    it('may come before its stream, and does not make it', async () => {
      const stream = server().stream();
      await server().client.setStreamMetadata(stream, { maxCount: 1 });
      await server().client.appendToStream(stream, anEvent(0), { expectedRevision: 'no_stream' });
      await server().client.appendToStream(stream, anEvent(1), { expectedRevision: 0n });
      expect(await read(stream)).toEqual([1]);
    });

    it('is written at an expected revision of its own', async () => {
      const { stream } = await server().filled(3);
      const set = (expectedRevision: 'no_stream' | bigint) =>
        server().client.setStreamMetadata(stream, { maxCount: 2 }, { expectedRevision });
      await set('no_stream');
      await expect(set(3n)).rejects.toBeInstanceOf(WrongExpectedVersionError);
      await set(0n);
    });

    it('$maxCount leaves the last so many, also of those to come', async () => {
      const { stream } = await server().filled(5);
      await server().client.setStreamMetadata(stream, { maxCount: 2 });
      expect(await read(stream)).toEqual([3, 4]);
      expect(await read(stream, { fromRevision: 1n })).toEqual([3, 4]);
      expect(await read(stream, backwards)).toEqual([4, 3]);
      await server().client.appendToStream(stream, anEvent(5), { expectedRevision: 4n });
      expect(await read(stream)).toEqual([4, 5]);
      await server().client.setStreamMetadata(stream, { maxCount: 4 });
      expect(await read(stream)).toEqual([2, 3, 4, 5]);
    });

    it('$tb hides what is before it; a stream emptied by it is empty, not missing, and goes on', async () => {
      const { stream } = await server().filled(5);
      await server().client.setStreamMetadata(stream, { truncateBefore: 3 });
      expect(await read(stream)).toEqual([3, 4]);
      expect(await read(stream, backwards)).toEqual([4, 3]);
      await server().client.setStreamMetadata(stream, { truncateBefore: 5 });
      expect(await read(stream)).toEqual([]);
      expect(await read(stream, backwards)).toEqual([]);
      await server().client.appendToStream(stream, anEvent(5), { expectedRevision: 4n });
      expect(await read(stream)).toEqual([5]);
    });

    it('the narrower of $maxCount and $tb counts', async () => {
      const { stream } = await server().filled(6);
      await server().client.setStreamMetadata(stream, { truncateBefore: 2, maxCount: 3 });
      expect(await read(stream)).toEqual([3, 4, 5]);
      await server().client.setStreamMetadata(stream, { truncateBefore: 4, maxCount: 3 });
      expect(await read(stream)).toEqual([4, 5]);
    });

    it('$maxAge hides what is older, from its stream and not from the log of all streams', async () => {
      const { stream, result } = await server().filled(2);
      await server().client.setStreamMetadata(stream, { maxAge: 1 });
      const deadline = Date.now() + DEADLINE_MS;
      while ((await read(stream)).length > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 100));
      expect(await read(stream)).toEqual([]);
      expect(await read(stream, backwards)).toEqual([]);
      const [last] = await collect(server().client.readAll({ fromPosition: result.position ?? 'start', maxCount: 1 }));
      expect(last?.event?.streamId).toBe(stream);
    });

    it('hides nothing from the repeat of an append', async () => {
      const { stream, events, result } = await server().filled(3);
      await server().client.setStreamMetadata(stream, { maxCount: 1 });
      await server().client.appendToStream(stream, anEvent(3), { expectedRevision: 2n });
      expect(await server().client.appendToStream(stream, events, { expectedRevision: 'no_stream' })).toEqual(result);
    });
  });
};
