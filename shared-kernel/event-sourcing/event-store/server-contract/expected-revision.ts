import { type AppendExpectedRevision, StreamDeletedError, WrongExpectedVersionError } from '@eventstore/db-client';
import { describe, expect, it } from '@jest/globals';
import { anEvent, numbers, type ServerUnderTest, someEvents, type Way } from './server-under-test.js';

/** The rules by which an append is written, known as a repeat, or refused, in the order the server asks them. */
export const expectedRevisionContract = (server: () => ServerUnderTest, wayOf: () => Way): void => {
  const append = (
    stream: string,
    events: Parameters<ServerUnderTest['client']['appendToStream']>[1],
    expectedRevision: AppendExpectedRevision,
  ) => server().client.appendToStream(stream, events, { expectedRevision, ...wayOf() });
  const stored = (stream: string) => numbers(server().client.readStream(stream));
  const conflict = (attempt: Promise<unknown>) => expect(attempt).rejects.toBeInstanceOf(WrongExpectedVersionError);

  describe('the expected revision', () => {
    it.each([
      ['no_stream', 'no_stream' as const],
      ['an earlier one', 0n],
      ['a later one', 7n],
    ])('%s on a stream at 1 is a conflict that names both, and nothing is stored', async (_, expected) => {
      const { stream } = await server().filled(2);
      const error = await append(stream, anEvent(9), expected).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(WrongExpectedVersionError);
      expect(error).toMatchObject({ streamName: stream, expectedVersion: expected, actualVersion: 1n });
      expect(await stored(stream)).toEqual([0, 1]);
    });

    it('of a stream that does not exist is a conflict', () => conflict(append(server().stream(), anEvent(0), 0n)));

    it('stream_exists wants events or metadata, and no deleted stream', async () => {
      const { stream, result } = await server().filled(1);
      expect(result.nextExpectedRevision).toBe(0n);
      expect(await append(stream, anEvent(1), 'stream_exists')).toMatchObject({ nextExpectedRevision: 1n });
      await conflict(append(server().stream(), anEvent(0), 'stream_exists'));
      const described = server().stream();
      await server().client.setStreamMetadata(described, { maxCount: 10 });
      expect(await append(described, anEvent(0), 'stream_exists')).toMatchObject({ nextExpectedRevision: 0n });
      const deleted = await server().filled(1);
      await server().client.deleteStream(deleted.stream);
      await expect(append(deleted.stream, anEvent(1), 'stream_exists')).rejects.toBeInstanceOf(StreamDeletedError);
    });

    it('any is written whatever is there', async () => {
      const stream = server().stream();
      expect(await append(stream, anEvent(0), 'any')).toMatchObject({ nextExpectedRevision: 0n });
      expect(await append(stream, anEvent(1), 'any')).toMatchObject({ nextExpectedRevision: 1n });
    });
  });

  describe('a repeated append', () => {
    it.each([
      ['no_stream', 'no_stream' as const, 0],
      ['a revision', 1n, 2],
    ])('at %s gets its first answer, also over a new connection and after others', async (_, expected, before) => {
      const stream = server().stream();
      if (before > 0) await append(stream, someEvents(before), 'no_stream');
      const events = someEvents(3, before);
      const first = await append(stream, events, expected);
      expect(await append(stream, events, expected)).toEqual(first);
      await append(stream, someEvents(2, before + 3), BigInt(before + 2));
      expect(await append(stream, events, expected)).toEqual(first);
      await server().reconnect();
      expect(await append(stream, events, expected)).toEqual(first);
      expect(await stored(stream)).toHaveLength(before + 5);
    });

    it('is known by its ids alone: other content under the same id is not stored', async () => {
      const { stream, events, result } = await server().filled(1);
      const [same] = events;
      expect(await append(stream, anEvent(99, same?.id), 'no_stream')).toEqual(result);
      expect(await stored(stream)).toEqual([0]);
    });

    it('of a first part gets the answer of that part', async () => {
      const { stream, events } = await server().filled(3);
      expect(await append(stream, events.slice(0, 2), 'no_stream')).toMatchObject({ nextExpectedRevision: 1n });
      expect(await append(stream, events.slice(1, 2), 0n)).toMatchObject({ nextExpectedRevision: 1n });
      expect(await stored(stream)).toHaveLength(3);
    });

    it('that matches only in part is a conflict, wherever the difference lies', async () => {
      const { stream, events } = await server().filled(3);
      const [first, second, third] = events;
      if (first === undefined || second === undefined || third === undefined) throw new Error('no events');
      await conflict(append(stream, [...events, anEvent(3)], 'no_stream'));
      await conflict(append(stream, [first, anEvent(9), third], 'no_stream'));
      await conflict(append(stream, [anEvent(9), second], 'no_stream'));
      await conflict(append(stream, [second, first], 'no_stream'));
      await conflict(append(stream, [second], 'no_stream'));
      await conflict(append(stream, [first], 1n));
      expect(await stored(stream)).toEqual([0, 1, 2]);
    });

    it('at the very revision the stream is at is stored again: ids are not looked at', async () => {
      const { stream, events } = await server().filled(1);
      expect(await append(stream, events, 0n)).toMatchObject({ nextExpectedRevision: 1n });
      expect(await stored(stream)).toEqual([0, 0]);
    });

    it.each(['any', 'stream_exists'] as const)('at %s is known while the server remembers its ids', async (expected) => {
      const { stream } = await server().filled(1);
      const events = someEvents(2, 1);
      const first = await append(stream, events, expected);
      expect(await append(stream, events, expected)).toEqual(first);
      await conflict(append(stream, [...events, anEvent(3)], expected));
      expect(await stored(stream)).toEqual([0, 1, 2]);
      // of that stream only
      const other = await server().filled(1);
      expect(await append(other.stream, events, expected)).toMatchObject({ nextExpectedRevision: 2n });
    });
  });
};
