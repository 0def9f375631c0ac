import { randomUUID } from 'node:crypto';
import {
  binaryEvent,
  jsonEvent,
  MaxAppendSizeExceededError,
  StreamDeletedError,
  StreamNotFoundError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { describe, expect, it } from '@jest/globals';
import { anEvent, collect, numbers, type ServerUnderTest, someEvents, upFrom, type Way } from './server-under-test.js';

/** What an append does and answers, whichever of the two calls carries it. */
export const appendingContract = (server: () => ServerUnderTest, wayOf: () => Way): void => {
  const append = (stream: string, events: Parameters<ServerUnderTest['client']['appendToStream']>[1], more = {}) =>
    server().client.appendToStream(stream, events, { ...more, ...wayOf() });

  describe('an append', () => {
    it('answers the last event’s revision and position', async () => {
      const stream = server().stream();
      const first = await append(stream, someEvents(3), { expectedRevision: 'no_stream' });
      const second = await append(stream, anEvent(3), { expectedRevision: 2n });
      const events = await collect(server().client.readStream(stream));
      expect([first.nextExpectedRevision, second.nextExpectedRevision]).toEqual([2n, 3n]);
      expect([first.position, second.position]).toEqual([events[2]?.event?.position, events[3]?.event?.position]);
      const { commit, prepare } = second.position ?? { commit: 0n, prepare: 1n };
      expect(commit).toBe(prepare);
    });

    it('keeps id, type, data, metadata and content type, JSON or bytes, and notes the time', async () => {
      const stream = server().stream();
      const id = randomUUID();
      const bytes = Buffer.from([0, 1, 254, 255]);
      const before = Date.now();
      await append(stream, [
        jsonEvent({ id, type: 'Json', data: { text: '좌석 예매', big: 2 ** 53 }, metadata: { why: 'test' } }),
        binaryEvent({ type: 'Bytes', data: bytes }),
      ]);
      const [json, binary] = await collect(server().client.readStream(stream));
      expect(json?.event).toMatchObject({
        id,
        type: 'Json',
        isJson: true,
        streamId: stream,
        revision: 0n,
        data: { text: '좌석 예매', big: 2 ** 53 },
        metadata: { why: 'test' },
      });
      expect(binary?.event).toMatchObject({ type: 'Bytes', isJson: false, revision: 1n });
      expect(Buffer.from(binary?.event?.data as Uint8Array)).toEqual(bytes);
      // the server's clock, which need not be ours
      expect(Math.abs((json?.event?.created.getTime() ?? 0) - before)).toBeLessThan(60_000);
    });

    it('of nothing succeeds and makes no stream', async () => {
      const stream = server().stream();
      expect(await append(stream, [], { expectedRevision: 'any' })).toMatchObject({ success: true });
      await expect(collect(server().client.readStream(stream))).rejects.toBeInstanceOf(StreamNotFoundError);
      const { stream: filled } = await server().filled(2);
      expect(await append(filled, [], { expectedRevision: 1n })).toMatchObject({ success: true });
      expect(await numbers(server().client.readStream(filled))).toEqual([0, 1]);
    });

    it('of nothing behind the stream’s revision is refused', async () => {
      const { stream } = await server().filled(2);
      await expect(append(stream, [], { expectedRevision: 0n })).rejects.toBeInstanceOf(WrongExpectedVersionError);
    });

    it('larger than the server’s maximum is refused, and none of it is stored', async () => {
      const stream = server().stream();
      const half = (n: number) => jsonEvent({ type: 'Large', data: { n, text: 'x'.repeat(600 * 1024) } });
      const refused = await append(stream, [half(0), half(1)]).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(MaxAppendSizeExceededError);
      expect(refused).toMatchObject({ maxAppendSize: 1024 * 1024 });
      await expect(collect(server().client.readStream(stream))).rejects.toBeInstanceOf(StreamNotFoundError);
      expect(await append(stream, half(0))).toMatchObject({ nextExpectedRevision: 0n });
    });

    it('of an event without a type is refused, and the others with it', async () => {
      const stream = server().stream();
      await expect(append(stream, [anEvent(0), jsonEvent({ type: '', data: {} })])).rejects.toBeInstanceOf(Error);
      await expect(collect(server().client.readStream(stream))).rejects.toBeInstanceOf(StreamNotFoundError);
    });

    it('to a tombstoned stream is refused as deleted, whatever it expects', async () => {
      const { stream } = await server().filled(1);
      await server().client.tombstoneStream(stream);
      for (const expectedRevision of ['any', 'no_stream', 'stream_exists', 0n, 7n] as const) {
        await expect(append(stream, anEvent(1), { expectedRevision })).rejects.toBeInstanceOf(StreamDeletedError);
      }
    });

    it('is atomic and in one order among many at once', async () => {
      const stream = server().stream();
      const answers = await Promise.all(upFrom(0, 60).map((n) => append(stream, someEvents(3, n * 3))));
      const last = answers.map(({ nextExpectedRevision }) => Number(nextExpectedRevision)).sort((a, b) => a - b);
      expect(last).toEqual(upFrom(0, 60).map((n) => n * 3 + 2));
      const stored = await numbers(server().client.readStream(stream));
      const groups = upFrom(0, 60).map((n) => stored.slice(n * 3, n * 3 + 3));
      for (const [first = -1, ...rest] of groups) expect([first % 3, ...rest]).toEqual([0, first + 1, first + 2]);
    });
  });
};
