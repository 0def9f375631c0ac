import type { UUID } from '@eventstore/db-client/generated/shared_pb.js';
import type { Status } from '@eventstore/db-client/generated/status_pb.js';
import type { BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import { type AppendAttempt, type AppendOutcome, StoreRefusedError } from './port.js';
import { encoded, type Field, integer, message, text } from './protobuf-fields.js';

/** What every server takes in one message at most; a larger one would break the stream for all appends on it. */
const LARGEST_MESSAGE = 16 * 1024 * 1024 - 10_000;

const CONTENT_TYPE = message(0x12, text(0x0a, 'content-type'), text(0x12, 'application/json'));

const proposed = ({ id, type, data, metadata }: AppendAttempt['events'][number]): Field => {
  // an object that was given its id through its canonical text has a JSON form
  if (typeof data !== 'object' || data === null) throw new StoreRefusedError('event data must be an object');
  return message(
    0x1a,
    message(0x0a, text(0x12, id)),
    message(0x12, text(0x0a, 'type'), text(0x12, type)),
    CONTENT_TYPE,
    text(0x1a, JSON.stringify(metadata)),
    text(0x22, JSON.stringify(data)),
  );
};

/**
 * The message (`event_store.client.streams.BatchAppendReq`) of a whole attempt, written by hand because the client's stubs are
 * older than the deadline given as a duration, which asks for no agreement of clocks. A server that does not know the
 * field keeps to its own limit; it is told whole milliseconds, at least one. Throws StoreRefusedError for what no server takes.
 */
export const batchRequest = (correlationId: string, attempt: AppendAttempt, timeoutMs: number): Buffer => {
  const expected = attempt.expected === 'no_stream' ? message(0x1a) : integer(0x10, attempt.expected);
  const wholeMs = Math.max(1, Math.floor(timeoutMs));
  const seconds = Math.floor(wholeMs / 1000);
  const nanos = (wholeMs % 1000) * 1e6;
  const deadline = message(0x3a, integer(0x08, BigInt(seconds)), integer(0x10, BigInt(nanos)));
  const bytes = encoded(
    message(0x0a, text(0x12, correlationId)),
    message(0x12, message(0x0a, text(0x1a, attempt.stream)), expected, deadline),
    ...attempt.events.map(proposed),
    integer(0x20, 1n),
  );
  if (bytes.length > LARGEST_MESSAGE) throw new StoreRefusedError(`${bytes.length} bytes are more than an append may have`);
  return bytes;
};

const fromBits = (most: string, least: string): string => {
  const half = (bits: string) => BigInt.asUintN(64, BigInt(bits)).toString(16).padStart(16, '0');
  const hex = half(most) + half(least);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
};

/** A server repeats the id as it came or, where it times an append out itself, in its own form. */
const uuidOf = (uuid: UUID | undefined): string | undefined => {
  const bits = uuid?.getStructured();
  return bits === undefined ? uuid?.getString() : fromBits(bits.getMostSignificantBits(), bits.getLeastSignificantBits());
};

const FINAL = ['StreamDeleted', 'AccessDenied', 'MaximumAppendSizeExceeded', 'BadRequest', 'InvalidTransaction'];

/** By the type of the detail; anything not known to be final is unknown, for reporting failure would be a guess. */
const judgeStatus = (status: Status | undefined): AppendOutcome | StoreRefusedError => {
  const kind = status?.getDetails()?.getTypeName().replace('event_store.client.', '') ?? 'no detail';
  const told = `${kind}: ${status?.getMessage() ?? ''}`;
  if (kind === 'WrongExpectedVersion') return { kind: 'conflict' };
  return FINAL.includes(kind) ? new StoreRefusedError(told) : { kind: 'unknown', cause: told };
};

/** Which append an answer is about, and what became of it. */
export const readAnswer = (
  answer: BatchAppendResp,
): { readonly correlationId: string | undefined; readonly outcome: AppendOutcome | StoreRefusedError } => {
  const correlationId = uuidOf(answer.getCorrelationId());
  const success = answer.getSuccess();
  if (success === undefined) return { correlationId, outcome: judgeStatus(answer.getError()) };
  const position = success.getPosition();
  if (position === undefined) {
    return { correlationId, outcome: { kind: 'unknown', cause: 'stored, but the answer lacked its position' } };
  }
  const place = { commit: BigInt(position.getCommitPosition()), prepare: BigInt(position.getPreparePosition()) };
  return { correlationId, outcome: { kind: 'appended', revision: BigInt(success.getCurrentRevision()), position: place } };
};
