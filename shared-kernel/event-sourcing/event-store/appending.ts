import type { Connection } from './connection.js';
import { type AppendAttempt, type AppendOutcome, StoreRefusedError } from './port.js';

export type End = (outcome: AppendOutcome | StoreRefusedError) => void;

/**
 * How an attempt travels. First it is put into the carrier's form, which throws StoreRefusedError for what cannot be; then it
 * is sent over a connection. `end` is told what became of it, at most once that counts; the result forgets the attempt.
 */
export type Carrier = (attempt: AppendAttempt, timeoutMs: number) => (connection: Connection, end: End) => () => void;

/** One append with a timer of its own, whatever carries it. */
export const appendOnce = async (
  connect: () => Connection,
  carrier: Carrier,
  attempt: AppendAttempt,
  timeoutMs: number,
): Promise<AppendOutcome> => {
  // may throw, so before anything is open that would have to be closed
  const send = carrier(attempt, timeoutMs);
  const connection = connect();
  const { promise: ended, end } = ending();
  const closeCall = connection.open({ fail: (error) => end({ kind: 'unknown', cause: error.message }) });
  const timer = setTimeout(() => {
    // an answer that waits in the socket because this process was busy still counts
    setImmediate(() => end({ kind: 'unknown', cause: `no answer in ${timeoutMs} ms` }));
    connection.suspect();
  }, timeoutMs);
  const forget = send(connection, end);
  const outcome = await ended;
  clearTimeout(timer);
  forget();
  closeCall();
  if (outcome instanceof StoreRefusedError) throw outcome;
  return outcome;
};

const ending = () => {
  let end: End = () => undefined;
  const promise = new Promise<AppendOutcome | StoreRefusedError>((resolve) => {
    end = resolve;
  });
  return { promise, end };
};
