import { randomUUID } from 'node:crypto';
import {
  binaryEvent,
  jsonEvent,
  MaxAppendSizeExceededError,
  StreamDeletedError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BATCH, collect, noted, numbers, type RunningNode, runNode, UNARY } from './testing/running-node.js';

describe.each([
  ['the batch stream', BATCH],
  ['the unary call', UNARY],
])('appending through %s', (_name, how) => {
  let running: RunningNode;
  const fresh = (): string => `stream-${randomUUID()}`;
  beforeAll(async () => {
    running = await runNode();
  });
  afterAll(() => running.stop());

  it('answers the last revision and position, and the events read back as written', async () => {
    const stream = fresh();
    const event = jsonEvent({ type: 'Häufig', data: { 이름: '좌석' }, metadata: { $correlationId: 'c', note: 'ü' } });
    const bytes = binaryEvent({ type: 'Bytes', data: Buffer.from([0, 255, 1]), metadata: Buffer.from([9, 8]) });
    const result = await running.client.appendToStream(stream, [event, bytes], { expectedRevision: 'no_stream', ...how });
    expect(result).toMatchObject({ success: true, nextExpectedRevision: 1n });
    const [first, second] = await collect(running.client.readStream(stream));
    expect(first?.event).toMatchObject({ streamId: stream, id: event.id, revision: 0n, type: 'Häufig', isJson: true });
    expect(first?.event?.data).toEqual({ 이름: '좌석' });
    expect(first?.event?.metadata).toEqual({ $correlationId: 'c', note: 'ü' });
    expect(Math.abs(Date.now() - (first?.event?.created.getTime() ?? 0))).toBeLessThan(60_000);
    expect(second?.event).toMatchObject({ revision: 1n, type: 'Bytes', isJson: false });
    expect(Buffer.from(second?.event?.data as Uint8Array)).toEqual(Buffer.from([0, 255, 1]));
    expect(second?.event?.position).toEqual(result.position);
    expect(second?.event?.position?.commit).toBe(second?.event?.position?.prepare);
    expect(second?.commitPosition).toBe(result.position?.commit);
  });

  it('refuses a revision that is behind, ahead, or of a stream that is not there, naming the current one', async () => {
    const stream = fresh();
    const append = (expectedRevision: bigint | 'no_stream' | 'stream_exists', n = 1) =>
      running.client.appendToStream(stream, noted(n), { expectedRevision, ...how });
    await expect(append(0n)).rejects.toMatchObject({
      type: 'wrong-expected-version',
      expectedVersion: 0n,
      actualVersion: 'no_stream',
    });
    await expect(append('stream_exists')).rejects.toBeInstanceOf(WrongExpectedVersionError);
    await append('no_stream');
    await append(0n);
    await expect(append('no_stream')).rejects.toMatchObject({ expectedVersion: 'no_stream', actualVersion: 1n });
    await expect(append(0n)).rejects.toMatchObject({ expectedVersion: 0n, actualVersion: 1n });
    await expect(append(7n)).rejects.toMatchObject({ expectedVersion: 7n, actualVersion: 1n });
    await append('stream_exists');
    expect(await numbers(running.client.readStream(stream))).toHaveLength(3);
  });

  it('answers a repeated append with its first outcome and stores nothing, also after a restart', async () => {
    const stream = fresh();
    const events = [noted(1, randomUUID()), noted(2, randomUUID())];
    const first = await running.client.appendToStream(stream, events, { expectedRevision: 'no_stream', ...how });
    const then = [noted(3, randomUUID())];
    const second = await running.client.appendToStream(stream, then, { expectedRevision: 1n, ...how });
    for (const restarted of [false, true]) {
      if (restarted) await running.restart();
      expect(await running.client.appendToStream(stream, events, { expectedRevision: 'no_stream', ...how })).toEqual(first);
      expect(await running.client.appendToStream(stream, then, { expectedRevision: 1n, ...how })).toEqual(second);
    }
    expect(await numbers(running.client.readStream(stream))).toEqual([1, 2, 3]);
  });

  it('refuses a repeat that matches only in part', async () => {
    const stream = fresh();
    const [a, b, c] = [noted(1, randomUUID()), noted(2, randomUUID()), noted(3, randomUUID())];
    await running.client.appendToStream(stream, [a, b], { expectedRevision: 'no_stream', ...how });
    const again = (events: (typeof a)[]) =>
      running.client.appendToStream(stream, events, { expectedRevision: 'no_stream', ...how });
    await expect(again([a, c])).rejects.toBeInstanceOf(WrongExpectedVersionError);
    await expect(again([a, b, c])).rejects.toBeInstanceOf(WrongExpectedVersionError);
    await expect(again([c])).rejects.toBeInstanceOf(WrongExpectedVersionError);
    expect(await again([a])).toMatchObject({ nextExpectedRevision: 0n });
  });

  it('does not look at ids when the expected revision is the current one', async () => {
    const stream = fresh();
    const event = noted(1, randomUUID());
    await running.client.appendToStream(stream, event, { expectedRevision: 'no_stream', ...how });
    await running.client.appendToStream(stream, event, { expectedRevision: 0n, ...how });
    expect(await numbers(running.client.readStream(stream))).toEqual([1, 1]);
  });

  it('with any, knows the ids it has lately written in this stream, and forgets them at a restart', async () => {
    const stream = fresh();
    const [a, b] = [noted(1, randomUUID()), noted(2, randomUUID())];
    const any = (events: (typeof a)[], to = stream) =>
      running.client.appendToStream(to, events, { expectedRevision: 'any', ...how });
    const first = await any([a]);
    await any([noted(9)]);
    expect(await any([a])).toEqual(first);
    await expect(any([a, b])).rejects.toBeInstanceOf(WrongExpectedVersionError);
    await any([b, a], fresh());
    expect(await numbers(running.client.readStream(stream))).toEqual([1, 9]);
    await running.restart();
    await any([a]);
    expect(await numbers(running.client.readStream(stream))).toEqual([1, 9, 1]);
  });

  it('stores all events of an append or none, up to the maximum size', async () => {
    const stream = fresh();
    const big = (bytes: number) => binaryEvent({ type: 'T', data: Buffer.alloc(bytes, 1) });
    const limit = 1024 * 1024;
    const append = (sizes: number[]) =>
      running.client.appendToStream(stream, sizes.map(big), { expectedRevision: 'no_stream', ...how });
    await expect(append([limit - 1])).rejects.toBeInstanceOf(MaxAppendSizeExceededError);
    await expect(append([limit / 2, limit / 2])).rejects.toMatchObject({ maxAppendSize: limit });
    await expect(collect(running.client.readStream(stream))).rejects.toMatchObject({ type: 'stream-not-found' });
    await append([limit / 2 - 2, limit / 2 - 2]);
    expect(await collect(running.client.readStream(stream))).toHaveLength(2);
  });

  it('counts the type towards the maximum size as UTF-16, two bytes a character of Korean', async () => {
    const stream = fresh();
    const limit = 1024 * 1024;
    const append = (bytes: number) =>
      running.client.appendToStream(stream, binaryEvent({ type: '좌'.repeat(500), data: Buffer.alloc(bytes, 1) }), how);
    await expect(append(limit - 999)).rejects.toBeInstanceOf(MaxAppendSizeExceededError);
    await append(limit - 1000);
  });

  it('accepts an append of nothing', async () => {
    const stream = fresh();
    expect(await running.client.appendToStream(stream, [], { expectedRevision: 'any', ...how })).toMatchObject({ success: true });
    await running.client.appendToStream(stream, noted(1), { expectedRevision: 'no_stream', ...how });
    expect(await running.client.appendToStream(stream, [], { expectedRevision: 0n, ...how })).toMatchObject({
      nextExpectedRevision: 0n,
    });
  });

  it('refuses an event without a type', async () => {
    const event = jsonEvent({ type: '', data: {} });
    await expect(running.client.appendToStream(fresh(), event, how)).rejects.toBeInstanceOf(Error);
  });

  it('says of a tombstoned stream that it is deleted', async () => {
    const stream = fresh();
    await running.client.tombstoneStream(stream);
    await expect(running.client.appendToStream(stream, noted(1), how)).rejects.toBeInstanceOf(StreamDeletedError);
  });

  it('keeps concurrent appends of one stream gapless and in one order', async () => {
    const stream = fresh();
    const results = await Promise.all(
      Array.from({ length: 200 }, (_, n) => running.client.appendToStream(stream, noted(n), { expectedRevision: 'any', ...how })),
    );
    const revisions = results.map((result) => result.nextExpectedRevision).sort((a, b) => Number(a - b));
    expect(revisions).toEqual(Array.from({ length: 200 }, (_, n) => BigInt(n)));
    const events = await collect(running.client.readStream(stream));
    expect(events.map(({ event }) => event?.revision)).toEqual(revisions);
  });
});
