import { randomUUID } from 'node:crypto';
import { Duplex } from 'node:stream';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { describe, expect, it } from '@jest/globals';
import { openEventStore } from '../store/event-store.js';
import { until } from '../testing/direct-store.js';
import { FaultyDisk } from '../testing/faulty-disk.js';
import { noted, runNode } from '../testing/running-node.js';
import { batchAppendCall } from './batch-append-call.js';
import { OpenCalls } from './open-calls.js';
import type { Frames } from './response-sink.js';

const uuid = (text: string) => {
  const id = new sharedPb.UUID();
  id.setString(text);
  return id;
};

/** A whole append of one event, framed as the client frames it. */
const request = (stream: string): Buffer => {
  const identifier = new sharedPb.StreamIdentifier();
  identifier.setStreamName(Buffer.from(stream).toString('base64'));
  const options = new streamsPb.BatchAppendReq.Options();
  options.setStreamIdentifier(identifier);
  options.setAny(new sharedPb.Empty());
  const event = new streamsPb.BatchAppendReq.ProposedMessage();
  event.setId(uuid(randomUUID()));
  event.getMetadataMap().set('type', 'Noted').set('content-type', 'application/json');
  event.setData(Buffer.from('{}').toString('base64'));
  const message = new streamsPb.BatchAppendReq();
  message.setCorrelationId(uuid(randomUUID()));
  message.setOptions(options);
  message.setProposedMessagesList([event]);
  message.setIsFinal(true);
  return Buffer.from(message.serializeBinary());
};

/** A caller who sends as fast as it is let, and takes answers only once `taking`. */
const caller = (requests: number) => {
  let sent = 0;
  let bytes = 0;
  let taking = false;
  const owed: (() => void)[] = [];
  const duplex = new Duplex({
    objectMode: true,
    read() {
      sent += 1;
      const next = sent <= requests ? request('s') : null;
      // as many a turn of the event loop as a connection brings at once
      if (sent % 50 === 0) setImmediate(() => this.push(next));
      else this.push(next);
    },
    write(frames: Frames, _encoding, taken) {
      bytes += frames.size;
      if (taking) taken();
      else owed.push(taken);
    },
  });
  const take = () => {
    taking = true;
    for (const taken of owed.splice(0)) taken();
  };
  return { duplex, take, sent: () => sent, bytes: () => bytes };
};

describe('a caller that does not take the answers to its batch appends', () => {
  it('is read no further until it does, and then gets every answer', async () => {
    const store = await openEventStore(new FaultyDisk());
    const REQUESTS = 20_000;
    const { duplex, take, sent, bytes } = caller(REQUESTS);
    const calls = new OpenCalls();
    // grpc-js's own class adds nothing to Duplex that this call uses
    batchAppendCall(store.writer, calls)(duplex as unknown as ServerDuplexStream<Buffer, Frames>);
    await until(() => duplex.isPaused());
    const before = store.writer.appends;
    expect(before).toBeLessThan(REQUESTS / 2);
    await store.log.idle(1000);
    expect(sent()).toBeLessThan(REQUESTS / 2);
    expect(calls.bufferedBytes).toBeLessThan(1024 * 1024);
    take();
    await until(() => duplex.writableFinished);
    expect(store.writer.appends - before).toBeGreaterThan(REQUESTS / 2);
    expect(bytes()).toBeGreaterThan(REQUESTS * 40);
    expect(calls.size).toBe(0);
    await store.close();
  });

  it('is let go when it leaves', async () => {
    const store = await openEventStore(new FaultyDisk());
    const { duplex } = caller(20_000);
    const calls = new OpenCalls();
    batchAppendCall(store.writer, calls)(duplex as unknown as ServerDuplexStream<Buffer, Frames>);
    await until(() => duplex.isPaused());
    duplex.destroy();
    await until(() => calls.size === 0);
    await store.close();
  });
});

describe('a batch append that names no stream', () => {
  it('is refused, and the connection goes on', async () => {
    const running = await runNode();
    await expect(running.client.appendToStream('', noted(1))).rejects.toThrow('an append needs a stream name');
    await expect(running.client.appendToStream('s', noted(1))).resolves.toMatchObject({ success: true });
    await running.stop();
  });
});
