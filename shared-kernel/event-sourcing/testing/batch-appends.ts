import { randomUUID } from 'node:crypto';
import { Metadata, type StatusObject } from '@grpc/grpc-js';
import type { AppendAttempt, AppendOutcome } from '../event-store/port.js';
import { prepareEvents } from '../to-append.js';
import type { BatchStream } from './batch-server.js';
import { context } from './seats.js';

/** An append of one event to a stream that must not exist. */
export const attemptOf = (stream: string, text = ''): AppendAttempt => ({
  stream,
  expected: 'no_stream',
  events: prepareEvents([{ type: 'ThingHappened', data: { text } }], { versionOf: () => 1 }, context(randomUUID())),
});

/** What becomes of an append that the scripted server answers with `stored(request)`. */
export const appended: AppendOutcome = { kind: 'appended', revision: 0n, position: { commit: 7n, prepare: 7n } };

/** Throws after five seconds. */
export const eventually = async (holds: () => boolean): Promise<void> => {
  const deadline = Date.now() + 5000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('not in time');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

export const statusOf = (code: number, trailers: Record<string, string> = {}): Partial<StatusObject> & Error => {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value);
  return Object.assign(new Error('as told'), { code, details: 'as told', metadata });
};

/** Ends a stream from the server's side with a gRPC status. */
export const endWith = (call: BatchStream, code: number, trailers?: Record<string, string>): boolean =>
  call.emit('error', statusOf(code, trailers));

/** Ends it as a server does that is not the leader any more and knows who is. */
export const nameLeader = (call: BatchStream, port: number): boolean =>
  endWith(call, 5, { exception: 'not-leader', 'leader-endpoint-host': '127.0.0.1', 'leader-endpoint-port': String(port) });
