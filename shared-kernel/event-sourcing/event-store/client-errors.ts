import {
  AccessDeniedError,
  convertToCommandError,
  isCommandError,
  MaxAppendSizeExceededError,
  NotLeaderError,
  RequiredMetadataPropertyMissingError,
  StreamDeletedError,
  StreamNotFoundError,
  UnavailableError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { type AppendOutcome, StoreRefusedError, StoreUnavailableError } from './port.js';

/** gRPC status codes that no retry mends: invalid argument, permission denied, unimplemented, unauthenticated. */
const REFUSING_CODES: readonly unknown[] = [3, 7, 12, 16];

/** Those that deny the call to whoever asks, before any of its messages is looked at. */
const CALL_REFUSED: readonly unknown[] = [7, 16];

const UNIMPLEMENTED = 12;

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

const unknown = ({ name, message }: Error): AppendOutcome => ({ kind: 'unknown', cause: `${name}: ${message}` });

const isRefusal = (error: Error): boolean =>
  error instanceof AccessDeniedError ||
  error instanceof StreamDeletedError ||
  error instanceof MaxAppendSizeExceededError ||
  error instanceof RequiredMetadataPropertyMissingError ||
  ('code' in error && REFUSING_CODES.includes(error.code));

/** What a failed append means; anything not known to be final is unknown, for reporting failure would be a guess. */
export const judgeAppendError = (thrown: unknown): AppendOutcome | StoreRefusedError => {
  const error = asError(thrown);
  if (error instanceof WrongExpectedVersionError) return { kind: 'conflict' };
  if (isRefusal(error)) return new StoreRefusedError(error.message, { cause: error });
  return unknown(error);
};

/** An error as gRPC reports it in the client's classes; itself where the client cannot read it (a leader without address). */
export const commandError = (raw: Error): Error => {
  try {
    return convertToCommandError(raw);
  } catch {
    return raw;
  }
};

/**
 * What the end of a stream means for the appends open on it. Access denied before it answered any is denied to all; any other
 * error says nothing about a single append. Nor does a call that is not served: the appends have another way to go.
 */
export const judgeStreamEnd = (error: Error, answered: boolean): AppendOutcome | StoreRefusedError =>
  !answered && 'code' in error && CALL_REFUSED.includes(error.code)
    ? new StoreRefusedError(error.message, { cause: error })
    : unknown(error);

/** A failed read or subscription, in the port's words; undefined where the stream only does not exist. */
export const judgeReadError = (thrown: unknown): StoreRefusedError | StoreUnavailableError | undefined => {
  const error = asError(thrown);
  if (error instanceof StreamNotFoundError) return undefined;
  if (error instanceof StoreUnavailableError || error instanceof StoreRefusedError) return error;
  if (isRefusal(error)) return new StoreRefusedError(error.message, { cause: error });
  return new StoreUnavailableError(error.message, { cause: error });
};

/** The connection itself is in doubt: the next call is better made on a new one. */
export const losesConnection = (error: unknown): boolean => error instanceof UnavailableError;

/** The server does not know the call. */
export const isUnserved = (error: Error): boolean => 'code' in error && error.code === UNIMPLEMENTED;

/** An answer, be it a refusal, shows that the server is there. */
export const isAnswer = (error: unknown): boolean =>
  error instanceof StreamNotFoundError ||
  error instanceof NotLeaderError ||
  (error instanceof Error && isCommandError(error) && isRefusal(error));
