import streamsPb, {
  type DeleteReq,
  type DeleteResp,
  type TombstoneReq,
  type TombstoneResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import type { handleUnaryCall, sendUnaryData } from '@grpc/grpc-js';
import type { AppendOutcome, Settle } from '../store/append-outcome.js';
import { ANY, NO_STREAM, STREAM_EXISTS } from '../store/check-commit.js';
import type { Writer } from '../store/writer.js';
import { invalidArgument, notInTime, streamDeleted, unavailable, wrongExpectedVersion } from './errors.js';
import { WRITE_TIMEOUT_MS } from './limits.js';
import { timedWrite } from './timed-write.js';

interface Target {
  readonly stream: string;
  readonly expected: number;
}

const targetOf = (options: DeleteReq.Options | TombstoneReq.Options | undefined): Target => {
  const stream = Buffer.from(options?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString();
  if (options?.hasRevision()) return { stream, expected: Number(options.getRevision()) };
  if (options?.hasNoStream()) return { stream, expected: NO_STREAM };
  return { stream, expected: options?.hasStreamExists() ? STREAM_EXISTS : ANY };
};

const answerWith =
  <R>(target: Target, callback: sendUnaryData<R>, appended: (position: number) => R): Settle =>
  (outcome: AppendOutcome | Error) => {
    if (outcome instanceof Error) callback(unavailable(outcome));
    else if (outcome.kind === 'deleted') callback(streamDeleted(target.stream));
    else if (outcome.kind === 'wrong-version') callback(wrongExpectedVersion(target.stream, target.expected, outcome.current));
    else callback(null, appended(outcome.position));
  };

/** `Delete`: the soft delete, after which a stream may be appended to again. */
export const deleteCall =
  (writer: Writer): handleUnaryCall<DeleteReq, DeleteResp> =>
  (call, callback) => {
    const target = targetOf(call.request.getOptions());
    if (target.stream === '') return callback(invalidArgument('A delete names a stream.'));
    const settle = answerWith(target, callback, (at) => {
      const position = new streamsPb.DeleteResp.Position();
      position.setCommitPosition(String(at));
      position.setPreparePosition(String(at));
      const response = new streamsPb.DeleteResp();
      response.setPosition(position);
      return response;
    });
    const begin = (settled: Settle): void => writer.softDelete(target.stream, target.expected, settled);
    timedWrite(writer, WRITE_TIMEOUT_MS, begin, settle, (known) => callback(notInTime(known)));
  };

/** `Tombstone`: the end of a stream for good. */
export const tombstoneCall =
  (writer: Writer): handleUnaryCall<TombstoneReq, TombstoneResp> =>
  (call, callback) => {
    const target = targetOf(call.request.getOptions());
    if (target.stream === '') return callback(invalidArgument('A tombstone names a stream.'));
    const settle = answerWith(target, callback, (at) => {
      const position = new streamsPb.TombstoneResp.Position();
      position.setCommitPosition(String(at));
      position.setPreparePosition(String(at));
      const response = new streamsPb.TombstoneResp();
      response.setPosition(position);
      return response;
    });
    const begin = (settled: Settle): void => writer.tombstone(target.stream, target.expected, settled);
    timedWrite(writer, WRITE_TIMEOUT_MS, begin, settle, (known) => callback(notInTime(known)));
  };
