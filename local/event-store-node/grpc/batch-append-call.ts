import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { Settle } from '../store/append-outcome.js';
import type { Writer } from '../store/writer.js';
import { type AppendTarget, type BatchMessage, parseBatchMessage } from './append-request.js';
import {
  type BatchFault,
  badRequestFault,
  batchError,
  batchSuccess,
  streamDeletedFault,
  timeoutFault,
  tooBigFault,
  unavailableFault,
  wrongVersionFault,
} from './batch-response.js';
import { invalidArgument } from './errors.js';
import { MAX_APPEND_SIZE, WRITE_TIMEOUT_MS } from './limits.js';
import type { OpenCalls } from './open-calls.js';
import { type ParsedEvent, sizeOnDisk } from './proposed-message.js';
import { type Frames, ResponseSink } from './response-sink.js';
import { type Late, NOT_STORED, timedWrite } from './timed-write.js';

interface OpenBatch {
  readonly target: AppendTarget;
  readonly events: ParsedEvent[];
  size: number;
}

/** `BatchAppend`: many appends on one stream of messages, each answered once by its correlation id. */
export const batchAppendCall =
  (writer: Writer, calls: OpenCalls) =>
  (call: ServerDuplexStream<Buffer, Frames>): void => {
    const sink = new ResponseSink(call);
    calls.add(sink);
    sink.onClosed(() => calls.remove(sink));
    const open = new Map<string, OpenBatch>();
    let unanswered = 0;
    let ended = false;
    /** While an append waits for the disk to take more. */
    let waiting: Promise<void> | undefined;

    const answered = (): void => {
      unanswered -= 1;
      if (ended && unanswered === 0) sink.end();
    };

    const refuse = (message: BatchMessage, stream: string, fault: BatchFault): void =>
      sink.sendSoon(batchError(message.correlationBytes, stream, fault));

    const commit = (message: BatchMessage, batch: OpenBatch): void => {
      const { stream, expected, deadline } = batch.target;
      const left = Math.min(deadline === undefined ? WRITE_TIMEOUT_MS : deadline - Date.now(), WRITE_TIMEOUT_MS);
      if (left <= 0) {
        refuse(message, stream, timeoutFault());
        return;
      }
      unanswered += 1;
      const correlation = message.correlationBytes;
      const finish = (frame: Buffer): void => {
        sink.sendSoon(frame);
        answered();
      };
      const settle: Settle = (outcome) => {
        if (outcome instanceof Error) return finish(batchError(correlation, stream, unavailableFault(outcome.message)));
        if (outcome.kind === 'appended') return finish(batchSuccess(correlation, stream, outcome.revision, outcome.position));
        const fault = outcome.kind === 'deleted' ? streamDeletedFault(stream) : wrongVersionFault(expected, outcome.current);
        finish(batchError(correlation, stream, fault));
      };
      const late = (known: Late): void =>
        finish(batchError(correlation, stream, known === 'unknown' ? timeoutFault() : unavailableFault(NOT_STORED)));
      const begin = (settled: Settle): void => writer.append(stream, expected, batch.events, settled);
      waiting = timedWrite(writer, left, begin, settle, late)?.then(() => {
        waiting = undefined;
      });
    };

    const faultOf = (batch: OpenBatch): BatchFault | undefined => {
      if (batch.target.stream === '') return badRequestFault('an append needs a stream name');
      const faulty = batch.events.find((event) => event.fault !== undefined);
      if (faulty?.fault !== undefined) return badRequestFault(`an event was refused: ${faulty.fault}`);
      return batch.size > MAX_APPEND_SIZE ? tooBigFault(MAX_APPEND_SIZE) : undefined;
    };

    const take = (message: BatchMessage): void => {
      let batch = open.get(message.correlationId);
      if (batch === undefined && message.target !== undefined) {
        batch = { target: message.target, events: [], size: 0 };
        if (!message.final) open.set(message.correlationId, batch);
      }
      if (batch === undefined) return;
      for (const event of message.events) {
        batch.events.push(event);
        batch.size += sizeOnDisk(event);
      }
      const fault = faultOf(batch);
      if (fault !== undefined) {
        open.delete(message.correlationId);
        refuse(message, batch.target.stream, fault);
        return;
      }
      if (!message.final) return;
      open.delete(message.correlationId);
      commit(message, batch);
    };

    /** Resolves when no append waits for the disk any more and the caller has taken its answers; undefined when that is so. */
    const held = (): Promise<void> | undefined => waiting ?? (sink.full ? sink.drained() : undefined);

    const waitFor = async (first: Promise<void>): Promise<void> => {
      call.pause();
      for (let behind: Promise<void> | undefined = first; behind !== undefined && !sink.closed; behind = held()) await behind;
      call.resume();
    };

    call.on('data', (bytes: Buffer) => {
      try {
        take(parseBatchMessage(bytes));
        const behind = held();
        if (behind !== undefined && !call.isPaused()) waitFor(behind);
      } catch {
        sink.fail(invalidArgument('The message could not be read.'));
      }
    });
    call.on('end', () => {
      ended = true;
      if (unanswered === 0) sink.end();
    });
  };
