import { Metadata, type ServerErrorResponse, status } from '@grpc/grpc-js';
import { DamagedLogError } from '../log/errors.js';
import { type Late, NOT_STORED } from './timed-write.js';

/** A call that ends with a gRPC status; the client tells its error classes apart by the `exception` trailer. */
export class CallError extends Error implements ServerErrorResponse {
  readonly metadata = new Metadata();

  constructor(
    readonly code: status,
    readonly details: string,
    trailers: Readonly<Record<string, string>> = {},
  ) {
    super(details);
    this.name = 'CallError';
    for (const [key, value] of Object.entries(trailers)) this.metadata.set(key, value);
  }
}

/** Header values must be ASCII: a stream name outside of it is percent-encoded. */
const ascii = (text: string): string => (/^[\x20-\x7e]*$/.test(text) ? text : encodeURI(text));

const revision = (value: number): string => String(value);

export const streamDeleted = (stream: string): CallError =>
  new CallError(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': ascii(stream),
  });

export const wrongExpectedVersion = (stream: string, expected: number, current: number): CallError =>
  new CallError(
    status.FAILED_PRECONDITION,
    `Operation on stream '${stream}' failed: expected version ${expected}, actual version ${current}.`,
    {
      exception: 'wrong-expected-version',
      'stream-name': ascii(stream),
      'expected-version': revision(expected),
      'actual-version': revision(current),
    },
  );

export const appendTooBig = (limit: number): CallError =>
  new CallError(status.INVALID_ARGUMENT, `Maximum append size of ${limit} bytes exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(limit),
  });

export const metadataPropertyMissing = (): CallError =>
  new CallError(status.INVALID_ARGUMENT, 'Required metadata property missing: an event needs a type and a content-type.', {
    exception: 'missing-required-metadata-property',
    'required-metadata-properties': 'type,content-type',
  });

export const invalidArgument = (details: string): CallError => new CallError(status.INVALID_ARGUMENT, details);

const writeTimedOut = (): CallError => new CallError(status.ABORTED, 'The write was not confirmed in time.');

/** What a failure of the store is to a client: it cannot be served here and now. */
export const unavailable = (error: Error): CallError =>
  new CallError(error instanceof DamagedLogError ? status.DATA_LOSS : status.UNAVAILABLE, error.message);

/** What a write that was not answered in time is to a client of a unary call. */
export const notInTime = (known: Late): CallError => (known === 'unknown' ? writeTimedOut() : unavailable(new Error(NOT_STORED)));
