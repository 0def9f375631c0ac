import { randomUUID } from 'node:crypto';
import { StreamDeletedError, StreamNotFoundError, WrongExpectedVersionError } from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { collect, noted, numbers, type RunningNode, runNode } from './testing/running-node.js';

describe('soft delete', () => {
  let running: RunningNode;
  const fresh = (): string => `stream-${randomUUID()}`;
  beforeAll(async () => {
    running = await runNode();
  });
  afterAll(() => running.stop());
  const deleted = async (): Promise<string> => {
    const stream = fresh();
    await running.client.appendToStream(stream, [noted(0), noted(1)]);
    await running.client.deleteStream(stream, { expectedRevision: 1n });
    return stream;
  };

  it('makes the stream read as missing, after a restart too', async () => {
    const stream = await deleted();
    await expect(collect(running.client.readStream(stream))).rejects.toBeInstanceOf(StreamNotFoundError);
    await running.restart();
    await expect(collect(running.client.readStream(stream))).rejects.toBeInstanceOf(StreamNotFoundError);
  });

  it.each([['any' as const], ['no_stream' as const], [1n]])(
    'lets revisions go on when appended to at %s',
    async (expectedRevision) => {
      const stream = await deleted();
      const result = await running.client.appendToStream(stream, noted(2), { expectedRevision });
      expect(result.nextExpectedRevision).toBe(2n);
      for (const restarted of [false, true]) {
        if (restarted) await running.restart();
        expect(await numbers(running.client.readStream(stream))).toEqual([2]);
        expect((await running.client.getStreamMetadata(stream)).metadata).toEqual({ truncateBefore: 2 });
      }
    },
  );

  it('refuses stream_exists on a deleted stream as deleted', async () => {
    const stream = await deleted();
    await expect(running.client.appendToStream(stream, noted(2), { expectedRevision: 'stream_exists' })).rejects.toBeInstanceOf(
      StreamDeletedError,
    );
  });

  it('brings the stream back empty when metadata is written', async () => {
    const stream = await deleted();
    await running.client.setStreamMetadata(stream, { maxCount: 10 });
    expect(await collect(running.client.readStream(stream))).toEqual([]);
    expect((await running.client.getStreamMetadata(stream)).metadata).toEqual({ maxCount: 10, truncateBefore: 2 });
    await running.client.appendToStream(stream, noted(2), { expectedRevision: 1n });
    expect(await numbers(running.client.readStream(stream))).toEqual([2]);
  });

  it('checks the expected revision and refuses a stream that never was', async () => {
    const stream = fresh();
    await expect(running.client.deleteStream(stream)).rejects.toBeInstanceOf(WrongExpectedVersionError);
    await running.client.appendToStream(stream, noted(0));
    await expect(running.client.deleteStream(stream, { expectedRevision: 5n })).rejects.toMatchObject({
      type: 'wrong-expected-version',
      streamName: stream,
      expectedVersion: 5n,
      actualVersion: 0n,
    });
  });
});

describe('tombstone', () => {
  let running: RunningNode;
  beforeAll(async () => {
    running = await runNode();
  });
  afterAll(() => running.stop());

  it('ends a stream and its metadata for good, also one that never was', async () => {
    const { client } = running;
    await client.appendToStream('short', noted(0));
    await expect(client.tombstoneStream('short', { expectedRevision: 4n })).rejects.toBeInstanceOf(WrongExpectedVersionError);
    await client.tombstoneStream('short', { expectedRevision: 0n });
    await client.tombstoneStream('never', { expectedRevision: 'no_stream' });
    await running.restart();
    for (const stream of ['short', 'never', '$$short']) {
      await expect(collect(running.client.readStream(stream))).rejects.toBeInstanceOf(StreamDeletedError);
      await expect(running.client.appendToStream(stream, noted(1))).rejects.toBeInstanceOf(StreamDeletedError);
    }
    await expect(running.client.deleteStream('short')).rejects.toMatchObject({ type: 'stream-deleted', streamName: 'short' });
    const last = (await collect(running.client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 1 })))[0];
    expect(last?.event).toMatchObject({ type: '$streamDeleted', streamId: 'never', revision: 9223372036854775807n });
  });
});
