import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import statusPb from '@eventstore/db-client/generated/status_pb.js';
import anyPb from 'google-protobuf/google/protobuf/any_pb.js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import { varintSize, writeVarint } from '../log/proto-write.js';
import { ANY, NO_STREAM, STREAM_EXISTS } from '../store/check-commit.js';

const frame = (correlation: Buffer, stream: Buffer, resultTag: number, result: Buffer): Buffer => {
  // an empty name is still named: the client looks it up in every refusal
  const identifier = stream.length === 0 ? 0 : 1 + varintSize(stream.length) + stream.length;
  const size = 2 + correlation.length + 1 + varintSize(result.length) + result.length + 1 + varintSize(identifier) + identifier;
  const out = Buffer.allocUnsafe(5 + size);
  out[0] = 0;
  out.writeUInt32BE(size, 1);
  out[5] = 0x0a;
  let at = writeVarint(out, 6, correlation.length);
  at += correlation.copy(out, at);
  out[at] = resultTag;
  at = writeVarint(out, at + 1, result.length);
  at += result.copy(out, at);
  out[at] = 0x22;
  at = writeVarint(out, at + 1, identifier);
  if (stream.length === 0) return out;
  out[at] = 0x1a;
  at = writeVarint(out, at + 1, stream.length);
  stream.copy(out, at);
  return out;
};

/** The framed answer to an append that was stored, or had been. */
export const batchSuccess = (correlation: Buffer, stream: string, revision: number, position: number): Buffer => {
  const result = Buffer.allocUnsafe(48);
  let at = 0;
  if (revision < 0) {
    result[at++] = 0x12;
    result[at++] = 0;
  } else {
    result[at++] = 0x08;
    at = writeVarint(result, at, revision);
  }
  if (position < 0) {
    result[at++] = 0x22;
    result[at++] = 0;
  } else {
    const size = varintSize(position);
    result[at++] = 0x1a;
    result[at++] = 2 + 2 * size;
    result[at++] = 0x08;
    at = writeVarint(result, at, position);
    result[at++] = 0x10;
    at = writeVarint(result, at, position);
  }
  return frame(correlation, Buffer.from(stream), 0x1a, result.subarray(0, at));
};

/** Why a batch append was refused: the status code, its text and the packed detail. */
export interface BatchFault {
  readonly code: number;
  readonly message: string;
  readonly type: string;
  readonly detail: Uint8Array;
}

export const batchError = (correlation: Buffer, stream: string, fault: BatchFault): Buffer => {
  const any = new anyPb.Any();
  any.pack(fault.detail, fault.type);
  const status = new statusPb.Status();
  status.setCode(fault.code);
  status.setMessage(fault.message);
  status.setDetails(any);
  return frame(correlation, Buffer.from(stream), 0x12, Buffer.from(status.serializeBinary()));
};

const NAMESPACE = 'event_store.client';

export const wrongVersionFault = (expected: number, current: number): BatchFault => {
  const detail = new sharedPb.WrongExpectedVersion();
  if (current < 0) detail.setCurrentNoStream(new emptyPb.Empty());
  else detail.setCurrentStreamRevision(String(current));
  if (expected === ANY) detail.setExpectedAny(new emptyPb.Empty());
  else if (expected === NO_STREAM) detail.setExpectedNoStream(new emptyPb.Empty());
  else if (expected === STREAM_EXISTS) detail.setExpectedStreamExists(new emptyPb.Empty());
  else detail.setExpectedStreamPosition(String(expected));
  return {
    code: 6,
    message: 'wrong expected version',
    type: `${NAMESPACE}.WrongExpectedVersion`,
    detail: detail.serializeBinary(),
  };
};

export const streamDeletedFault = (stream: string): BatchFault => {
  const identifier = new sharedPb.StreamIdentifier();
  identifier.setStreamName(Buffer.from(stream).toString('base64'));
  const detail = new sharedPb.StreamDeleted();
  detail.setStreamIdentifier(identifier);
  return { code: 5, message: 'stream deleted', type: `${NAMESPACE}.StreamDeleted`, detail: detail.serializeBinary() };
};

export const timeoutFault = (): BatchFault => ({
  code: 4,
  message: 'timeout',
  type: `${NAMESPACE}.Timeout`,
  detail: new sharedPb.Timeout().serializeBinary(),
});

export const tooBigFault = (limit: number): BatchFault => {
  const detail = new sharedPb.MaximumAppendSizeExceeded();
  detail.setMaxappendsize(limit);
  return {
    code: 3,
    message: 'maximum append size exceeded',
    type: `${NAMESPACE}.MaximumAppendSizeExceeded`,
    detail: detail.serializeBinary(),
  };
};

export const badRequestFault = (message: string): BatchFault => {
  const detail = new sharedPb.BadRequest();
  detail.setMessage(message);
  return { code: 3, message, type: `${NAMESPACE}.BadRequest`, detail: detail.serializeBinary() };
};

export const unavailableFault = (message: string): BatchFault => ({
  code: 14,
  message,
  type: 'google.protobuf.Empty',
  detail: new emptyPb.Empty().serializeBinary(),
});
