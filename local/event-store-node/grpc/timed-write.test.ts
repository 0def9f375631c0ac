import { randomUUID } from 'node:crypto';
import { PassThrough } from 'node:stream';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerReadableStream, ServerUnaryCall, ServiceError } from '@grpc/grpc-js';
import { describe, expect, it } from '@jest/globals';
import { type EventStore, openEventStore } from '../store/event-store.js';
import { until } from '../testing/direct-store.js';
import { FaultyDisk } from '../testing/faulty-disk.js';
import { appendCall } from './append-call.js';
import { deleteCall, tombstoneCall } from './delete-calls.js';

const identifier = (stream: string) => {
  const named = new sharedPb.StreamIdentifier();
  named.setStreamName(Buffer.from(stream).toString('base64'));
  return named;
};

const DATA = Buffer.alloc(1_000_000, 0x20).toString('base64');

/** An append of a megabyte as the unary call gets it; resolves to the status it ends with, 0 where it was stored. */
const appendOf = (store: EventStore, stream: string): Promise<number> => {
  const options = new streamsPb.AppendReq.Options();
  options.setStreamIdentifier(identifier(stream));
  options.setAny(new sharedPb.Empty());
  const first = new streamsPb.AppendReq();
  first.setOptions(options);
  const id = new sharedPb.UUID();
  id.setString(randomUUID());
  const message = new streamsPb.AppendReq.ProposedMessage();
  message.setId(id);
  message.getMetadataMap().set('type', 'Noted').set('content-type', 'application/json');
  message.setData(DATA);
  const event = new streamsPb.AppendReq();
  event.setProposedMessage(message);
  return new Promise((resolve) => {
    const call = new PassThrough({ objectMode: true });
    // grpc-js's own class adds nothing to Readable that this call uses
    appendCall(store.writer)(call as unknown as ServerReadableStream<Buffer, Buffer>, (error) =>
      resolve((error as Partial<ServiceError> | null)?.code ?? 0),
    );
    for (const part of [first, event]) call.write(Buffer.from(part.serializeBinary()));
    call.end();
  });
};

const deleteOf = (store: EventStore, stream: string): Promise<number> => {
  const options = new streamsPb.DeleteReq.Options();
  options.setStreamIdentifier(identifier(stream));
  options.setAny(new sharedPb.Empty());
  const request = new streamsPb.DeleteReq();
  request.setOptions(options);
  return new Promise((resolve) => {
    // of the call only its request is read
    deleteCall(store.writer)({ request } as ServerUnaryCall<typeof request, never>, (error) =>
      resolve((error as Partial<ServiceError> | null)?.code ?? 0),
    );
  });
};

const tombstoneOf = (store: EventStore, stream: string): Promise<number> => {
  const options = new streamsPb.TombstoneReq.Options();
  options.setStreamIdentifier(identifier(stream));
  options.setAny(new sharedPb.Empty());
  const request = new streamsPb.TombstoneReq();
  request.setOptions(options);
  return new Promise((resolve) => {
    tombstoneCall(store.writer)({ request } as ServerUnaryCall<typeof request, never>, (error) =>
      resolve((error as Partial<ServiceError> | null)?.code ?? 0),
    );
  });
};

const [TIMED_OUT, UNAVAILABLE] = [10, 14];
const counted = (codes: readonly number[], code: number): number => codes.filter((each) => each === code).length;

describe('unary writes to a disk that does not keep up', () => {
  it('take in no more than the log may hold; the rest are told within two seconds that nothing was stored', async () => {
    const disk = new FaultyDisk();
    const store = await openEventStore(disk);
    disk.held = true;
    const codes = await Promise.all(Array.from({ length: 60 }, (_, n) => appendOf(store, `s-${n}`)));
    expect(counted(codes, TIMED_OUT)).toBeGreaterThan(30);
    expect(counted(codes, TIMED_OUT)).toBeLessThan(36);
    expect(counted(codes, TIMED_OUT) + counted(codes, UNAVAILABLE)).toBe(60);
    const { appends } = store.writer;
    expect(await Promise.all([deleteOf(store, 's-0'), tombstoneOf(store, 's-1')])).toEqual([UNAVAILABLE, UNAVAILABLE]);
    disk.release();
    await store.log.idle(5000);
    // whoever was told that nothing was stored was told the truth
    expect(store.writer.appends).toBe(appends);
    expect(store.log.end).toBeGreaterThan(30_000_000);
    await store.close();
  }, 15_000);

  it('wait and are stored when it catches up in time', async () => {
    const disk = new FaultyDisk();
    const store = await openEventStore(disk);
    disk.held = true;
    const codes = Array.from({ length: 60 }, (_, n) => appendOf(store, `s-${n}`));
    await until(() => store.log.congested);
    disk.release();
    expect(counted(await Promise.all(codes), 0)).toBe(60);
    await store.close();
  }, 15_000);

  it('do not gather answers either that wait for it', async () => {
    const disk = new FaultyDisk();
    const store = await openEventStore(disk);
    disk.held = true;
    store.writer.tombstone('gone', -2, () => undefined);
    let unstarted = 0;
    for (let n = 0; n < 60_000; n += 1) {
      if (store.log.congested) unstarted += 1;
      else store.writer.append('gone', -2, [], () => undefined);
    }
    expect(unstarted).toBeGreaterThan(5000);
    disk.release();
    await store.close();
  });
});
