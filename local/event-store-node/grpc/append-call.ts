import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerReadableStream, sendUnaryData } from '@grpc/grpc-js';
import type { AppendOutcome, Settle } from '../store/append-outcome.js';
import { ANY, NO_STREAM, STREAM_EXISTS } from '../store/check-commit.js';
import type { Writer } from '../store/writer.js';
import { type AppendMessage, type AppendTarget, parseAppendMessage } from './append-request.js';
import {
  appendTooBig,
  CallError,
  invalidArgument,
  metadataPropertyMissing,
  notInTime,
  streamDeleted,
  unavailable,
} from './errors.js';
import { MAX_APPEND_SIZE, WRITE_TIMEOUT_MS } from './limits.js';
import { type EventFault, type ParsedEvent, sizeOnDisk } from './proposed-message.js';
import { timedWrite } from './timed-write.js';

const success = (revision: number, position: number): Buffer => {
  const message = new streamsPb.AppendResp.Success();
  if (revision < 0) message.setNoStream(new sharedPb.Empty());
  else message.setCurrentRevision(String(revision));
  if (position < 0) message.setNoPosition(new sharedPb.Empty());
  else {
    const at = new streamsPb.AppendResp.Position();
    at.setCommitPosition(String(position));
    at.setPreparePosition(String(position));
    message.setPosition(at);
  }
  const response = new streamsPb.AppendResp();
  response.setSuccess(message);
  return Buffer.from(response.serializeBinary());
};

const wrongVersion = (expected: number, current: number): Buffer => {
  const message = new streamsPb.AppendResp.WrongExpectedVersion();
  if (current < 0) message.setCurrentNoStream(new sharedPb.Empty());
  else message.setCurrentRevision(String(current));
  if (expected === ANY) message.setExpectedAny(new sharedPb.Empty());
  else if (expected === NO_STREAM) message.setExpectedNoStream(new sharedPb.Empty());
  else if (expected === STREAM_EXISTS) message.setExpectedStreamExists(new sharedPb.Empty());
  else message.setExpectedRevision(String(expected));
  const response = new streamsPb.AppendResp();
  response.setWrongExpectedVersion(message);
  return Buffer.from(response.serializeBinary());
};

const answer = (target: AppendTarget, outcome: AppendOutcome, reply: sendUnaryData<Buffer>): void => {
  switch (outcome.kind) {
    case 'appended':
      reply(null, success(outcome.revision, outcome.position));
      return;
    case 'wrong-version':
      reply(null, wrongVersion(target.expected, outcome.current));
      return;
    case 'deleted':
      reply(streamDeleted(target.stream));
  }
};

const faultError = (fault: EventFault): CallError =>
  fault === 'no-type' || fault === 'no-content-type'
    ? metadataPropertyMissing()
    : invalidArgument(`An event was refused: ${fault}.`);

/** The client-streamed `Append`: target, events, then one answer. Whatever is wrong ends the call with a status, except a wrong version. */
export const appendCall =
  (writer: Writer) =>
  (call: ServerReadableStream<Buffer, Buffer>, callback: sendUnaryData<Buffer>): void => {
    const events: ParsedEvent[] = [];
    let target: AppendTarget | undefined;
    let size = 0;
    let answered = false;
    const reply: sendUnaryData<Buffer> = (...answerParts) => {
      if (answered) return;
      answered = true;
      callback(...answerParts);
    };
    const take = (message: AppendMessage): void => {
      if (message.target !== undefined) target = message.target;
      if (message.event === undefined) return;
      if (message.event.fault !== undefined) throw faultError(message.event.fault);
      events.push(message.event);
      size += sizeOnDisk(message.event);
      if (size > MAX_APPEND_SIZE) throw appendTooBig(MAX_APPEND_SIZE);
    };
    call.on('data', (bytes: Buffer) => {
      if (answered) return;
      try {
        take(parseAppendMessage(bytes));
      } catch (error) {
        reply(error instanceof CallError ? error : invalidArgument('The message could not be read.'));
      }
    });
    call.on('end', () => {
      if (answered) return;
      const to = target;
      if (to === undefined || to.stream === '')
        return reply(invalidArgument('An append begins with its options and a stream name.'));
      const settle: Settle = (outcome) => {
        if (outcome instanceof Error) reply(unavailable(outcome));
        else answer(to, outcome, reply);
      };
      timedWrite(
        writer,
        WRITE_TIMEOUT_MS,
        (settled) => writer.append(to.stream, to.expected, events, settled),
        settle,
        (known) => reply(notInTime(known)),
      );
    });
    call.on('error', () => undefined);
  };
