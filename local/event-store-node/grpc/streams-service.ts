import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { EventStore } from '../store/event-store.js';
import { appendCall } from './append-call.js';
import { batchAppendCall } from './batch-append-call.js';
import { deleteCall, tombstoneCall } from './delete-calls.js';
import type { OpenCalls } from './open-calls.js';
import { readCall } from './read-call.js';
import type { Frames } from './response-sink.js';

const asIs = (bytes: Buffer): Buffer => bytes;

// grpc-js uses no more of a serialized message than `byteLength` and `copy`, which is all that Frames has.
const asFrames = (frames: Frames): Buffer => frames as unknown as Buffer;

const { read, append, batchAppend, delete: softDelete, tombstone } = streamsGrpc.StreamsService;

/** The Streams service with the busy messages taken and given as bytes: their fields are read and written by hand, not as objects. */
const definition = {
  read: { ...read, responseSerialize: asFrames },
  append: { ...append, requestDeserialize: asIs, responseSerialize: asIs },
  batchAppend: { ...batchAppend, requestDeserialize: asIs, responseSerialize: asFrames },
  delete: softDelete,
  tombstone,
};

export const streamsDefinition: ServiceDefinition = definition;

export const streamsHandlers = (
  store: EventStore,
  subscriptions: OpenCalls,
  batches: OpenCalls,
): UntypedServiceImplementation => ({
  read: readCall(store.reader, subscriptions),
  append: appendCall(store.writer),
  batchAppend: batchAppendCall(store.writer, batches),
  delete: deleteCall(store.writer),
  tombstone: tombstoneCall(store.writer),
});
