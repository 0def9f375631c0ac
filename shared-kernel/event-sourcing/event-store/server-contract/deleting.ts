import { StreamDeletedError, StreamNotFoundError, WrongExpectedVersionError } from '@eventstore/db-client';
import { describe, expect, it } from '@jest/globals';
import { anEvent, collect, numbers, type ServerUnderTest, someEvents } from './server-under-test.js';

/** Deleting that can be taken back, and deleting for good. */
export const deletingContract = (server: () => ServerUnderTest): void => {
  const read = (stream: string) => numbers(server().client.readStream(stream));
  const missing = (stream: string) => expect(read(stream)).rejects.toBeInstanceOf(StreamNotFoundError);

  describe('a deleted stream', () => {
    const deleted = async (count: number) => {
      const { stream, events } = await server().filled(count);
      await server().client.deleteStream(stream, { expectedRevision: BigInt(count - 1) });
      return { stream, events };
    };

    it('reads as missing, in both directions', async () => {
      const { stream } = await deleted(3);
      await missing(stream);
      const backwards = server().client.readStream(stream, { direction: 'backwards', fromRevision: 'end' });
      await expect(collect(backwards)).rejects.toBeInstanceOf(StreamNotFoundError);
    });

    it.each([
      ['no_stream', 'no_stream' as const],
      ['its last revision', 2n],
      ['any', 'any' as const],
    ])('comes back with an append at %s; revisions go on and the old events stay hidden', async (_, expectedRevision) => {
      const { stream } = await deleted(3);
      const answer = await server().client.appendToStream(stream, someEvents(2, 3), { expectedRevision });
      expect(answer.nextExpectedRevision).toBe(4n);
      const events = await collect(server().client.readStream(stream));
      expect(events.map(({ event }) => event?.revision)).toEqual([3n, 4n]);
      expect((await server().client.getStreamMetadata(stream)).metadata).toMatchObject({ truncateBefore: 3 });
    });

    it('comes back empty when its metadata is written, and goes on after its old events', async () => {
      const { stream } = await deleted(2);
      await server().client.setStreamMetadata(stream, { maxCount: 100 });
      expect(await read(stream)).toEqual([]);
      expect((await server().client.getStreamMetadata(stream)).metadata).toMatchObject({ maxCount: 100, truncateBefore: 2 });
      await server().client.appendToStream(stream, anEvent(2), { expectedRevision: 1n });
      expect(await read(stream)).toEqual([2]);
    });

    it('can be deleted again once it is back', async () => {
      const { stream } = await deleted(1);
      await server().client.appendToStream(stream, anEvent(1), { expectedRevision: 'no_stream' });
      await server().client.deleteStream(stream, { expectedRevision: 1n });
      await missing(stream);
    });

    it('is a conflict to delete at another revision, or when it never was', async () => {
      const { stream } = await server().filled(2);
      const at = (name: string, expectedRevision: bigint | 'any') => server().client.deleteStream(name, { expectedRevision });
      await expect(at(stream, 0n)).rejects.toBeInstanceOf(WrongExpectedVersionError);
      const ahead = await at(stream, 5n).catch((thrown: unknown) => thrown);
      expect(ahead).toBeInstanceOf(WrongExpectedVersionError);
      expect(ahead).toMatchObject({ streamName: stream, expectedVersion: 5n, actualVersion: 1n });
      for (const expected of [0n, 'any'] as const)
        await expect(at(server().stream(), expected)).rejects.toBeInstanceOf(WrongExpectedVersionError);
      expect(await read(stream)).toEqual([0, 1]);
    });

    it('may have had metadata alone', async () => {
      const stream = server().stream();
      await server().client.setStreamMetadata(stream, { maxCount: 5 });
      await server().client.deleteStream(stream, { expectedRevision: 'no_stream' });
      const append = server().client.appendToStream(stream, anEvent(0), { expectedRevision: 'stream_exists' });
      await expect(append).rejects.toBeInstanceOf(StreamDeletedError);
    });

    it('keeps its events in the log of all streams until the log is scavenged', async () => {
      const { stream, result } = await server().filled(1);
      await server().client.deleteStream(stream);
      const [first] = await collect(server().client.readAll({ fromPosition: result.position ?? 'start', maxCount: 1 }));
      expect(first?.event?.streamId).toBe(stream);
    });
  });

  describe('a tombstoned stream', () => {
    it('is an error to read, to append to, to describe and to delete', async () => {
      const { stream } = await server().filled(2);
      const { client } = server();
      await client.tombstoneStream(stream, { expectedRevision: 1n });
      const gone = (call: Promise<unknown>) => expect(call).rejects.toBeInstanceOf(StreamDeletedError);
      await gone(read(stream));
      await gone(client.appendToStream(stream, anEvent(2)));
      await gone(client.setStreamMetadata(stream, { maxCount: 1 }));
      await gone(client.deleteStream(stream));
      await gone(collect(client.readStream(`$$${stream}`)));
    });

    it('need never have been', async () => {
      const stream = server().stream();
      await server().client.tombstoneStream(stream, { expectedRevision: 'no_stream' });
      await expect(read(stream)).rejects.toBeInstanceOf(StreamDeletedError);
    });

    it('ends in the log of all streams with an event at the last revision there can be', async () => {
      const { stream, result } = await server().filled(1);
      const { position } = await server().client.tombstoneStream(stream);
      const found = [];
      for await (const { event } of server().client.readAll({ fromPosition: result.position ?? 'start' })) {
        if (event?.streamId === stream) found.push(event);
        if (event?.type === '$streamDeleted' && event.streamId === stream) break;
      }
      expect(found.map(({ type }) => type)).toEqual(['ContractTried', '$streamDeleted']);
      expect(found[1]).toMatchObject({ revision: 2n ** 63n - 1n, position });
    });

    it('is a conflict to make at another revision', async () => {
      const { stream } = await server().filled(2);
      const attempt = server().client.tombstoneStream(stream, { expectedRevision: 0n });
      await expect(attempt).rejects.toBeInstanceOf(WrongExpectedVersionError);
      expect(await read(stream)).toEqual([0, 1]);
    });
  });
};
