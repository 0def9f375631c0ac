import { randomUUID } from 'node:crypto';
import { type ResolvedEvent, StreamDeletedError, WrongExpectedVersionError } from '@eventstore/db-client';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import { credentials, type ServiceError } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BATCH, collect, noted, numbers, type RunningNode, runNode, UNARY } from './testing/running-node.js';

/** The rules of the server that no other test states; docs/event-store-node.md lists which test has which. */
describe('the server rules seldom met', () => {
  let running: RunningNode;
  beforeAll(async () => {
    running = await runNode();
  });
  afterAll(() => running.stop());
  const fresh = (): string => `stream-${randomUUID()}`;
  const link = (target: string) => ({
    id: randomUUID(),
    contentType: 'application/octet-stream' as const,
    type: '$>',
    data: Buffer.from(target),
    metadata: undefined,
  });

  it.each([BATCH, UNARY])('count a stream that has metadata alone as one that exists', async (how) => {
    const stream = fresh();
    await running.client.setStreamMetadata(stream, { maxCount: 5 });
    const result = await running.client.appendToStream(stream, noted(1), { expectedRevision: 'stream_exists', ...how });
    expect(result.nextExpectedRevision).toBe(0n);
    await running.client.setStreamMetadata(fresh(), { maxCount: 5 });
  });

  it('let a stream that has metadata alone be deleted', async () => {
    const stream = fresh();
    await running.client.setStreamMetadata(stream, { maxCount: 5 });
    await running.client.deleteStream(stream, { expectedRevision: 'no_stream' });
    await expect(running.client.appendToStream(stream, noted(1), { expectedRevision: 'stream_exists' })).rejects.toBeInstanceOf(
      StreamDeletedError,
    );
  });

  it.each([BATCH, UNARY])('know a repeated stream_exists append by its ids, in its own stream only', async (how) => {
    const [stream, other] = [fresh(), fresh()];
    for (const each of [stream, other]) await running.client.appendToStream(each, noted(0));
    const events = [noted(1, randomUUID()), noted(2, randomUUID())];
    const exists = (to: string, given = events) =>
      running.client.appendToStream(to, given, { expectedRevision: 'stream_exists', ...how });
    const first = await exists(stream);
    expect(await exists(stream)).toEqual(first);
    await expect(exists(stream, [...events, noted(3)])).rejects.toBeInstanceOf(WrongExpectedVersionError);
    expect((await exists(other)).nextExpectedRevision).toBe(2n);
    expect(await numbers(running.client.readStream(stream))).toEqual([0, 1, 2]);
  });

  it('refuse an append of nothing behind the current revision', async () => {
    const stream = fresh();
    await running.client.appendToStream(stream, [noted(0), noted(1)]);
    await expect(running.client.appendToStream(stream, [], { expectedRevision: 0n })).rejects.toBeInstanceOf(
      WrongExpectedVersionError,
    );
  });

  it('write a soft delete as $tb beyond every revision, and leave the events in $all', async () => {
    const stream = fresh();
    await running.client.appendToStream(stream, noted(7));
    await running.client.deleteStream(stream);
    const all = await collect(running.client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 2 }));
    expect(all.map(({ event }) => [event?.streamId, event?.type])).toEqual([
      [`$$${stream}`, '$metadata'],
      [stream, 'Noted'],
    ]);
    // read as bytes: parsed, the number would be rounded
    const read = new streamsPb.ReadReq.Options();
    expect(await rawData(read, `$$${stream}`)).toBe('{"$tb":9223372036854775807}');
  });

  it('carry the other metadata over when a deleted stream comes back', async () => {
    const stream = fresh();
    await running.client.appendToStream(stream, [noted(0), noted(1)]);
    await running.client.deleteStream(stream);
    await running.client.setStreamMetadata(stream, { maxCount: 3, owner: { $tb: 1 } });
    expect((await running.client.getStreamMetadata(stream)).metadata).toEqual({
      maxCount: 3,
      owner: { $tb: 1 },
      truncateBefore: 2,
    });
    await running.client.appendToStream(stream, noted(2));
    expect(await numbers(running.client.readStream(stream))).toEqual([2]);
  });

  it('pay no heed to access lists on an insecure node', async () => {
    const stream = fresh();
    const nobody = ['nobody'];
    await running.client.setStreamMetadata(stream, {
      acl: { readRoles: nobody, writeRoles: nobody, deleteRoles: nobody, metaReadRoles: nobody, metaWriteRoles: nobody },
    });
    await running.client.appendToStream(stream, noted(1));
    expect(await numbers(running.client.readStream(stream))).toEqual([1]);
    expect((await running.client.getStreamMetadata(stream)).metadata).toMatchObject({ acl: { readRoles: nobody } });
    await running.client.deleteStream(stream);
  });

  it("hide the server's own bookkeeping from $all, not from who reads its streams", async () => {
    const hidden = ['$persistentsubscription-$all::group-checkpoint', '$persistentsubscription-$all::group-parked'];
    const shown = ['$persistentsubscription-other::group-parked', '$persistentsubscription-$all::group'];
    for (const stream of [...hidden, ...shown]) await running.client.appendToStream(stream, noted(1));
    const streams = new Set((await collect(running.client.readAll())).map(({ event }) => event?.streamId));
    expect([...hidden, ...shown].map((stream) => streams.has(stream))).toEqual([false, false, true, true]);
    expect(await numbers(running.client.readStream(hidden[0] ?? ''))).toEqual([1]);
    expect(await collect(running.client.readStream('$epoch-information'))).toHaveLength(1);
  });

  it('apply retention to what links point at, in reads and subscriptions alike', async () => {
    const [cut, counted, links] = [fresh(), fresh(), fresh()];
    for (const stream of [cut, counted]) await running.client.appendToStream(stream, [noted(0), noted(1)]);
    await running.client.setStreamMetadata(cut, { truncateBefore: 1 });
    await running.client.setStreamMetadata(counted, { maxCount: 1 });
    await running.client.appendToStream(
      links,
      [`0@${cut}`, `1@${cut}`, `0@${counted}`, `1@${counted}`, 'no link at all'].map(link),
    );
    const shown = (events: ResolvedEvent[]) => events.map(({ event, link: from }) => [event?.revision, from?.revision]);
    const expected = [
      [undefined, 0n],
      [1n, 1n],
      [undefined, 2n],
      [1n, 3n],
      [undefined, 4n],
    ];
    expect(shown(await collect(running.client.readStream(links, { resolveLinkTos: true })))).toEqual(expected);
    const subscription = running.client.subscribeToStream(links, { resolveLinkTos: true });
    const followed: ResolvedEvent[] = [];
    for await (const each of subscription) if (followed.push(each) === expected.length) break;
    expect(shown(followed)).toEqual(expected);
  });

  it('leave out what retention hides while a subscription catches up', async () => {
    const stream = fresh();
    await running.client.appendToStream(
      stream,
      [0, 1, 2, 3].map((n) => noted(n)),
    );
    await running.client.setStreamMetadata(stream, { maxCount: 2 });
    const seen: unknown[] = [];
    for await (const { event } of running.client.subscribeToStream(stream)) if (seen.push(event?.data) === 2) break;
    expect(seen).toEqual([{ n: 2 }, { n: 3 }]);
  });

  it('refuse a subscription to a tombstoned stream', async () => {
    const stream = fresh();
    await running.client.tombstoneStream(stream);
    const failed = new Promise((resolve) => running.client.subscribeToStream(stream).on('error', resolve));
    expect(await failed).toBeInstanceOf(StreamDeletedError);
  });

  it('refuse an event without a type, without a content type, or without an id', async () => {
    const [TYPE, JSON_CONTENT] = [['type', 'T'] as const, ['content-type', 'application/json'] as const];
    const missing = await rawAppend(randomUUID(), [JSON_CONTENT]);
    expect([missing?.code, missing?.metadata.get('exception')]).toEqual([3, ['missing-required-metadata-property']]);
    const contentless = await rawAppend(randomUUID(), [TYPE]);
    expect([contentless?.code, contentless?.metadata.get('required-metadata-properties')]).toEqual([3, ['type,content-type']]);
    expect((await rawAppend('00000000-0000-0000-0000-000000000000', [TYPE, JSON_CONTENT]))?.code).toBe(3);
    expect(await rawAppend(randomUUID(), [TYPE, JSON_CONTENT])).toBeUndefined();
  });

  const identifier = (stream: string) => {
    const named = new sharedPb.StreamIdentifier();
    named.setStreamName(Buffer.from(stream).toString('base64'));
    return named;
  };
  const rawClient = () => new streamsGrpc.StreamsClient(`127.0.0.1:${running.node.port}`, credentials.createInsecure());

  const rawAppend = async (id: string, metadata: (readonly [string, string])[]): Promise<ServiceError | undefined> => {
    const client = rawClient();
    const answer = new Promise<ServiceError | undefined>((resolve) => {
      const call = client.append((error) => resolve(error ?? undefined));
      const options = new streamsPb.AppendReq.Options();
      options.setStreamIdentifier(identifier('raw'));
      options.setAny(new sharedPb.Empty());
      const first = new streamsPb.AppendReq();
      first.setOptions(options);
      const uuid = new sharedPb.UUID();
      uuid.setString(id);
      const message = new streamsPb.AppendReq.ProposedMessage();
      message.setId(uuid);
      for (const [key, value] of metadata) message.getMetadataMap().set(key, value);
      const body = new streamsPb.AppendReq();
      body.setProposedMessage(message);
      call.write(first);
      call.write(body);
      call.end();
    });
    return answer.finally(() => client.close());
  };

  const rawData = async (options: InstanceType<typeof streamsPb.ReadReq.Options>, stream: string): Promise<string> => {
    const client = rawClient();
    const from = new streamsPb.ReadReq.Options.StreamOptions();
    from.setStreamIdentifier(identifier(stream));
    from.setStart(new sharedPb.Empty());
    options.setStream(from);
    options.setCount('1');
    options.setNoFilter(new sharedPb.Empty());
    const request = new streamsPb.ReadReq();
    request.setOptions(options);
    const data: string[] = [];
    for await (const response of client.read(request) as AsyncIterable<InstanceType<typeof streamsPb.ReadResp>>)
      data.push(Buffer.from(response.getEvent()?.getEvent()?.getData_asU8() ?? []).toString());
    client.close();
    return data.join();
  };
});
