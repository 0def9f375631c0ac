import { randomUUID } from 'node:crypto';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerWritableStream } from '@grpc/grpc-js';
import { readAllBackwards, readAllForwards } from '../store/read-all.js';
import { readStream } from '../store/read-stream.js';
import type { Reader } from '../store/reader.js';
import { subscribeToAll } from '../store/subscribe-all.js';
import { subscribeToStream } from '../store/subscribe-stream.js';
import { CallError, invalidArgument, streamDeleted, unavailable } from './errors.js';
import type { OpenCalls } from './open-calls.js';
import { caughtUpFrame, checkpointFrame, confirmationFrame, streamNotFoundFrame } from './read-frames.js';
import { parseReadRequest, type ReadRequest } from './read-request.js';
import { type Frames, ResponseSink } from './response-sink.js';

const FRAMES = { checkpoint: checkpointFrame, caughtUp: caughtUpFrame };

const readFromStream = async (reader: Reader, stream: string, request: ReadRequest, sink: ResponseSink): Promise<void> => {
  const state = reader.state(stream);
  if (state === 'tombstoned') throw streamDeleted(stream);
  const entry = reader.index.find(stream);
  if (state === 'missing' || entry === undefined) {
    sink.send(streamNotFoundFrame(stream));
    return;
  }
  const from = request.from === 'start' ? 0 : request.from === 'end' ? Number.POSITIVE_INFINITY : request.from;
  await readStream(reader, entry, { ...request, from }, sink);
};

const readFromAll = async (reader: Reader, request: ReadRequest, sink: ResponseSink): Promise<void> => {
  const { end } = reader.log;
  const from = request.from === 'start' ? 0 : request.from === 'end' ? end : request.from;
  if (from > end) throw invalidArgument(`The position ${from} is beyond the end of the log.`);
  if (request.backwards) await readAllBackwards(reader, from, request, sink);
  else await readAllForwards(reader, from, request, sink);
};

const subscribe = async (reader: Reader, request: ReadRequest, sink: ResponseSink): Promise<void> => {
  const { stream, from } = request;
  const confirm = (): void => sink.send(confirmationFrame(randomUUID()));
  if (stream === undefined) {
    const { end } = reader.log;
    const after = from === 'start' ? -1 : from === 'end' ? end - 1 : from;
    if (after > end) throw invalidArgument(`The position ${after} is beyond the end of the log.`);
    confirm();
    return subscribeToAll(reader, { ...request, after }, sink, FRAMES);
  }
  if (reader.state(stream) === 'tombstoned') throw streamDeleted(stream);
  const last = (reader.index.find(stream)?.visible ?? 0) - 1;
  confirm();
  const after = from === 'start' ? -1 : from === 'end' ? last : from;
  const ended = await subscribeToStream(reader, { ...request, stream, after }, sink, FRAMES);
  if (ended === 'tombstoned') throw streamDeleted(stream);
};

const serve = (reader: Reader, request: ReadRequest, sink: ResponseSink): Promise<void> => {
  if (request.subscription) return subscribe(reader, request, sink);
  return request.stream === undefined
    ? readFromAll(reader, request, sink)
    : readFromStream(reader, request.stream, request, sink);
};

/** `Read`: reads and subscriptions of streams and of `$all`. */
export const readCall =
  (reader: Reader, calls: OpenCalls) =>
  async (call: ServerWritableStream<ReadReq, Frames>): Promise<void> => {
    const sink = new ResponseSink(call);
    try {
      const request = parseReadRequest(call.request);
      if (request.subscription) calls.add(sink);
      await serve(reader, request, sink);
      sink.end();
    } catch (error) {
      const known = error instanceof CallError;
      sink.fail(known ? error : unavailable(error instanceof Error ? error : new Error(String(error))));
    } finally {
      calls.remove(sink);
    }
  };
