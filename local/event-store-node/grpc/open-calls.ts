import { status } from '@grpc/grpc-js';
import { CallError } from './errors.js';
import type { ResponseSink } from './response-sink.js';

/** Calls that last, so that a graceful stop can end them as the server does: cancelled. */
export class OpenCalls {
  private readonly sinks = new Set<ResponseSink>();

  add(sink: ResponseSink): void {
    this.sinks.add(sink);
  }

  remove(sink: ResponseSink): void {
    this.sinks.delete(sink);
  }

  get size(): number {
    return this.sinks.size;
  }

  /** Bytes handed to the connections and not yet taken by them, plus those waiting to be. */
  get bufferedBytes(): number {
    let bytes = 0;
    for (const sink of this.sinks) bytes += sink.buffered;
    return bytes;
  }

  cancelAll(): void {
    for (const sink of this.sinks) sink.fail(new CallError(status.CANCELLED, 'The server is shutting down.'));
  }
}
