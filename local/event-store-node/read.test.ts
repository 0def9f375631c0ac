import { type AppendResult, StreamDeletedError, StreamNotFoundError } from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { collect, noted, numbers, type RunningNode, runNode } from './testing/running-node.js';

describe('reading a stream', () => {
  let running: RunningNode;
  beforeAll(async () => {
    running = await runNode();
    await running.client.appendToStream(
      'ten',
      Array.from({ length: 10 }, (_, n) => noted(n)),
    );
  });
  afterAll(() => running.stop());
  const read = (options: Parameters<typeof running.client.readStream>[1]) => numbers(running.client.readStream('ten', options));

  it('starts at a revision, inclusive, in both directions', async () => {
    expect(await read({})).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await read({ fromRevision: 7n })).toEqual([7, 8, 9]);
    expect(await read({ fromRevision: 2n, direction: 'backwards' })).toEqual([2, 1, 0]);
    expect(await read({ fromRevision: 'end', direction: 'backwards', maxCount: 2 })).toEqual([9, 8]);
    expect(await read({ fromRevision: 3n, maxCount: 2 })).toEqual([3, 4]);
    expect(await read({ fromRevision: 'start', direction: 'backwards' })).toEqual([0]);
    expect(await read({ fromRevision: 99n })).toEqual([]);
    expect(await read({ fromRevision: 99n, direction: 'backwards', maxCount: 1 })).toEqual([9]);
  });

  it('tells a stream that is not there from a tombstoned one', async () => {
    await expect(collect(running.client.readStream('nowhere'))).rejects.toBeInstanceOf(StreamNotFoundError);
    await running.client.tombstoneStream('buried');
    await expect(collect(running.client.readStream('buried'))).rejects.toBeInstanceOf(StreamDeletedError);
  });

  it('shows what $maxCount and $tb leave, and an emptied stream as empty rather than missing', async () => {
    const { client } = running;
    const fill = (stream: string) =>
      client.appendToStream(
        stream,
        Array.from({ length: 5 }, (_, n) => noted(n)),
      );
    await fill('counted');
    await client.setStreamMetadata('counted', { maxCount: 2 });
    expect(await numbers(client.readStream('counted'))).toEqual([3, 4]);
    expect(await numbers(client.readStream('counted', { direction: 'backwards', fromRevision: 'end' }))).toEqual([4, 3]);
    await client.appendToStream('counted', noted(5));
    expect(await numbers(client.readStream('counted'))).toEqual([4, 5]);
    await fill('cut');
    await client.setStreamMetadata('cut', { truncateBefore: 3 });
    expect(await numbers(client.readStream('cut'))).toEqual([3, 4]);
    await client.setStreamMetadata('cut', { truncateBefore: 50 });
    expect(await collect(client.readStream('cut'))).toEqual([]);
  });

  it('hides what is older than $maxAge seconds, from streams but not from $all', async () => {
    const { client } = running;
    await client.appendToStream('aged', noted(1));
    const [first] = await collect(client.readStream('aged'));
    await client.setStreamMetadata('aged', { maxAge: 1 });
    const link = {
      id: crypto.randomUUID(),
      contentType: 'application/octet-stream' as const,
      type: '$>',
      data: Buffer.from('0@aged'),
    };
    await client.appendToStream('to-aged', { ...link, metadata: undefined });
    const tooOld = (first?.event?.created.getTime() ?? 0) + 1001;
    while (Date.now() < tooOld) await new Promise((resolve) => setTimeout(resolve, tooOld - Date.now()));
    expect(await collect(client.readStream('aged'))).toEqual([]);
    const [linked] = await collect(client.readStream('to-aged', { resolveLinkTos: true }));
    expect([linked?.event, linked?.link?.revision]).toEqual([undefined, 0n]);
    const streams = (await collect(client.readAll())).map(({ event }) => event?.streamId);
    expect(streams).toContain('aged');
  });

  it('keeps only the last event of a metadata stream visible', async () => {
    const { client } = running;
    await client.setStreamMetadata('described', { maxCount: 7 });
    await client.setStreamMetadata('described', { maxCount: 8, acl: { readRoles: ['$all'] } });
    expect((await client.getStreamMetadata('described')).metadata).toMatchObject({ maxCount: 8, acl: { readRoles: ['$all'] } });
    const events = await collect(client.readStream('$$described'));
    expect(events.map(({ event }) => [event?.revision, event?.type])).toEqual([[1n, '$metadata']]);
    expect(await client.getStreamMetadata('undescribed')).toEqual({ streamName: 'undescribed' });
  });
});

describe('reading $all', () => {
  let running: RunningNode;
  let written: AppendResult[];
  beforeAll(async () => {
    running = await runNode();
    written = [];
    for (let n = 0; n < 6; n += 1) written.push(await running.client.appendToStream(`s-${n % 2}`, noted(n)));
  });
  afterAll(() => running.stop());
  const position = (n: number) => written[n]?.position ?? { commit: -1n, prepare: -1n };

  it('shows a fresh server its users but not its epochs', async () => {
    const streams = (await collect(running.client.readAll())).map(({ event }) => event?.streamId);
    expect(streams[0]).toBe('$users');
    expect(streams).not.toContain('$epoch-information');
  });

  it('includes the start position forwards and leaves it out backwards', async () => {
    const { client } = running;
    expect(await numbers(client.readAll())).toEqual([0, 1, 2, 3, 4, 5]);
    expect(await numbers(client.readAll({ fromPosition: position(3) }))).toEqual([3, 4, 5]);
    expect(await numbers(client.readAll({ fromPosition: position(3), direction: 'backwards' }))).toEqual([2, 1, 0]);
    expect(await numbers(client.readAll({ fromPosition: 'end', direction: 'backwards', maxCount: 2 }))).toEqual([5, 4]);
    expect(await numbers(client.readAll({ fromPosition: 'end' }))).toEqual([]);
    expect(await numbers(client.readAll({ fromPosition: position(1), maxCount: 2 }))).toEqual([1, 2]);
  });

  it('gives every event positions that grow with the log', async () => {
    const positions = (await collect(running.client.readAll())).map(({ event }) => event?.position?.commit ?? -1n);
    expect(positions).toEqual([...positions].sort((a, b) => Number(a - b)));
    expect(new Set(positions).size).toBe(positions.length);
  });

  it('refuses a position that cannot be', async () => {
    const read = (fromPosition: { commit: bigint; prepare: bigint }) => collect(running.client.readAll({ fromPosition }));
    await expect(read({ commit: 1n, prepare: 2n })).rejects.toMatchObject({ code: 3 });
    await expect(read({ commit: 2n ** 64n - 1n, prepare: 2n ** 64n - 1n })).rejects.toMatchObject({ code: 3 });
  });
});

describe('links', () => {
  let running: RunningNode;
  beforeAll(async () => {
    running = await runNode();
    await running.client.appendToStream('a@b', [noted(1), noted(2)]);
    await running.client.appendToStream('gone', noted(3));
    await running.client.tombstoneStream('gone');
    await running.client.appendToStream('links', ['1@a@b', '0@gone', '0@never', '9@a@b'].map(raw));
  });
  afterAll(() => running.stop());
  const raw = (target: string) => ({
    id: crypto.randomUUID(),
    contentType: 'application/octet-stream' as const,
    type: '$>',
    data: Buffer.from(target),
    metadata: undefined,
  });

  it('stay links unless resolving is asked for', async () => {
    const events = await collect(running.client.readStream('links'));
    expect(events.map(({ event, link }) => [event?.type, link])).toEqual(Array.from({ length: 4 }, () => ['$>', undefined]));
  });

  it('come with their target, or without an event when it is gone', async () => {
    const events = await collect(running.client.readStream('links', { resolveLinkTos: true }));
    expect(events.map(({ event, link }) => [event?.data, link?.revision])).toEqual([
      [{ n: 2 }, 0n],
      [undefined, 1n],
      [undefined, 2n],
      [undefined, 3n],
    ]);
    expect(events[0]?.commitPosition).toBe(events[0]?.link?.position?.commit);
  });
});
