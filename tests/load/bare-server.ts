import features from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import featuresPb from '@eventstore/db-client/generated/serverfeatures_pb.js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import {
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { widenReceiveWindow } from '@tiketi/local/event-store-node/grpc/receive-window.js';
import { ECHO } from './echo.js';
import { EVENT_DATA } from './event-store-loads.js';

/**
 * What the transport and the official client allow at most: a process that answers every append at once and stores nothing, sends one
 * prepared event for ever to who reads, and echoes bytes.
 */
const asIs = (bytes: Buffer): Buffer => bytes;
const { read, append, batchAppend } = streams.StreamsService;
const LAST_PART = 0x20;

const appended = (() => {
  const position = new streamsPb.AppendResp.Position();
  position.setCommitPosition('1');
  position.setPreparePosition('1');
  const success = new streamsPb.AppendResp.Success();
  success.setCurrentRevision('0');
  success.setPosition(position);
  const response = new streamsPb.AppendResp();
  response.setSuccess(success);
  return Buffer.from(response.serializeBinary());
})();

const batchAppended = (() => {
  const position = new sharedPb.AllStreamPosition();
  position.setCommitPosition('1');
  position.setPreparePosition('1');
  const success = new streamsPb.BatchAppendResp.Success();
  success.setCurrentRevision('0');
  success.setPosition(position);
  const response = new streamsPb.BatchAppendResp();
  response.setSuccess(success);
  return Buffer.from(response.serializeBinary());
})();

const oneEvent = (() => {
  const id = new sharedPb.UUID();
  id.setString('7f9c6f0e-3a57-4d52-8d0c-5a4f7b6d2e11');
  const stream = new sharedPb.StreamIdentifier();
  stream.setStreamName(Buffer.from('bench-0'));
  const record = new streamsPb.ReadResp.ReadEvent.RecordedEvent();
  record.setId(id);
  record.setStreamIdentifier(stream);
  record.setStreamRevision('1');
  record.setCommitPosition('1');
  record.setPreparePosition('1');
  for (const [key, value] of [
    ['type', 'Benched'],
    ['created', '17000000000000000'],
    ['content-type', 'application/json'],
  ] as const)
    record.getMetadataMap().set(key, value);
  record.setData(Buffer.from(JSON.stringify(EVENT_DATA)));
  const event = new streamsPb.ReadResp.ReadEvent();
  event.setEvent(record);
  event.setCommitPosition('1');
  const response = new streamsPb.ReadResp();
  response.setEvent(event);
  return Buffer.from(response.serializeBinary());
})();

const server = new Server({ 'grpc.max_receive_message_length': 16 * 1024 * 1024 });
server.addService(
  {
    read: { ...read, requestDeserialize: asIs, responseSerialize: asIs },
    append: { ...append, requestDeserialize: asIs, responseSerialize: asIs },
    batchAppend: { ...batchAppend, requestDeserialize: asIs, responseSerialize: asIs },
  },
  {
    read: (call: ServerWritableStream<Buffer, Buffer>) => {
      const send = () => {
        while (!call.cancelled && call.write(oneEvent));
        if (!call.cancelled) call.once('drain', () => setImmediate(send));
      };
      send();
    },
    append: (call: ServerReadableStream<Buffer, Buffer>, answer: sendUnaryData<Buffer>) => {
      call.resume().on('end', () => answer(null, appended));
    },
    batchAppend: (call: ServerDuplexStream<Buffer, Buffer>) => {
      call.on('data', (part: Buffer) => {
        // the correlation id comes first in the message and, told by its length, is all that the answer repeats
        const correlation = part.subarray(0, 2 + (part[1] ?? 0));
        if (part.at(-2) === LAST_PART) call.write(Buffer.concat([correlation, batchAppended]));
      });
      call.on('end', () => call.end());
    },
  },
);
server.addService(features.ServerFeaturesService, {
  getSupportedMethods: (_: unknown, reply: sendUnaryData<unknown>) => {
    const method = new featuresPb.SupportedMethod();
    method.setServiceName('event_store.client.streams.streams');
    method.setMethodName('batchappend');
    const methods = new featuresPb.SupportedMethods();
    methods.setEventStoreServerVersion('24.2.0');
    methods.addMethods(method);
    reply(null, methods);
  },
});
server.addService(ECHO, {
  unary: ({ request }: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) => answer(null, request),
  bidi: (call: ServerDuplexStream<Buffer, Buffer>) => {
    call.on('data', (bytes: Buffer) => call.write(bytes));
    call.on('end', () => call.end());
  },
});
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  // as the node's, or the transport would allow more than what is called its limit here
  if (!widenReceiveWindow(server)) throw new Error('the receive window could not be widened');
  console.log(JSON.stringify({ url: `esdb://127.0.0.1:${port}?tls=false` }));
});
process.once('SIGTERM', () => process.exit(0));
// closed when the load process has gone, however it went
process.stdin.resume().once('end', () => process.exit(0));
