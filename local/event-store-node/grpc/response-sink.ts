import type { ServerDuplexStream, ServerWritableStream } from '@grpc/grpc-js';
import type { EventSink } from '../store/event-sink.js';

const BATCH_BYTES = 32 * 1024;

/**
 * Several framed messages that go out as one write. grpc-js asks a serialized message for its `byteLength`, makes a
 * buffer five bytes larger and has the message copy itself in behind a frame header; this one writes the frames of all
 * its messages from the start instead. So an event costs no trip of its own through the stream machinery, which is
 * what bounds a subscription's speed.
 */
export class Frames {
  private readonly frames: Buffer[] = [];
  private total = 0;

  add(frame: Buffer): void {
    this.frames.push(frame);
    this.total += frame.length;
  }

  get size(): number {
    return this.total;
  }

  get byteLength(): number {
    return this.total - 5;
  }

  copy(target: Buffer): number {
    let at = 0;
    for (const frame of this.frames) at += frame.copy(target, at);
    return at;
  }
}

/** The response side of a streaming call. `full` follows the transport's own backpressure. */
export class ResponseSink implements EventSink {
  private pending = new Frames();
  private waiting: (() => void) | undefined;
  private readonly wakes: (() => void)[] = [];
  private scheduled = false;
  private written = 0;
  full = false;
  closed = false;

  constructor(private readonly call: ServerWritableStream<unknown, Frames> | ServerDuplexStream<unknown, Frames>) {
    call.on('drain', () => {
      this.full = false;
      this.resume();
    });
    const gone = (): void => this.close();
    call.on('cancelled', gone);
    call.on('close', gone);
    call.on('error', gone);
  }

  send(frame: Buffer): void {
    if (this.closed) return;
    this.pending.add(frame);
    if (this.pending.size >= BATCH_BYTES) this.flush();
  }

  /** Queues a message that goes out, with all others of this turn of the event loop, at its end. */
  sendSoon(frame: Buffer): void {
    this.send(frame);
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.flush();
    });
  }

  flush(): void {
    if (this.pending.size === 0 || this.closed) return;
    const frames = this.pending;
    this.pending = new Frames();
    this.written += frames.size;
    const taken = (): void => {
      this.written -= frames.size;
    };
    if (!this.call.write(frames, taken)) this.full = true;
  }

  /** Bytes held for the caller: those gathered and those its connection has not taken yet. */
  get buffered(): number {
    return this.pending.size + this.written;
  }

  async drained(): Promise<void> {
    if (!this.full || this.closed) return;
    await new Promise<void>((resolve) => {
      this.waiting = resolve;
    });
  }

  onClosed(wake: () => void): void {
    this.wakes.push(wake);
  }

  /** Ends the call well. */
  end(): void {
    if (this.closed) return;
    this.flush();
    this.call.end();
    this.close();
  }

  /** Ends the call with a gRPC status. */
  fail(error: Error): void {
    if (this.closed) return;
    this.flush();
    this.close();
    this.call.emit('error', error);
  }

  private close(): void {
    if (this.closed) return;
    this.closed = true;
    this.resume();
    for (const wake of this.wakes) wake();
  }

  private resume(): void {
    this.waiting?.();
    this.waiting = undefined;
  }
}
