import { type EventStoreDBClient, type JSONType, jsonEvent } from '@eventstore/db-client';
import { judgeAppendError, losesConnection } from './client-errors.js';
import type { Connection } from './connection.js';
import type { Credentials } from './credentials.js';
import { type AppendAttempt, type AppendOutcome, StoreRefusedError } from './port.js';

type ClientEvent = Parameters<EventStoreDBClient['appendToStream']>[1];

const clientEvents = (attempt: AppendAttempt): ClientEvent =>
  attempt.events.map(({ id, type, data, metadata }) => jsonEvent({ id, type, data: asJson(data), metadata }));

const asJson = (data: unknown): JSONType => {
  if (typeof data !== 'object' || data === null) throw new StoreRefusedError('event data must be an object');
  // its canonical text was written when its id was made, so it has a JSON form
  return data as JSONType;
};

/**
 * One unary append. Per-call credentials are what makes the client choose it over BatchAppend, whose bookkeeping is
 * shared by every client of the process and has no deadline; on an insecure connection they are never sent.
 */
export const appendOnce = async (
  connect: () => Connection,
  credentials: Credentials,
  attempt: AppendAttempt,
  timeoutMs: number,
): Promise<AppendOutcome> => {
  // may throw, so before anything is open that would have to be closed
  const events = clientEvents(attempt);
  const connection = connect();
  const { promise: ended, end } = ending();
  const closeCall = connection.open({ fail: (error) => end({ kind: 'unknown', cause: error.message }) });
  const timer = setTimeout(() => {
    // an answer that waits in the socket because this process was busy still counts
    setImmediate(() => end({ kind: 'unknown', cause: `no answer in ${timeoutMs} ms` }));
    connection.suspect();
  }, timeoutMs);
  connection.client
    .appendToStream(attempt.stream, events, {
      expectedRevision: attempt.expected,
      credentials,
      requiresLeader: true,
      deadline: timeoutMs,
    })
    .then(
      ({ nextExpectedRevision, position }) => {
        connection.heard();
        if (position === undefined) return end({ kind: 'unknown', cause: 'stored, but the answer lacked its position' });
        end({ kind: 'appended', revision: nextExpectedRevision, position });
      },
      (error: unknown) => {
        if (losesConnection(error)) connection.leave();
        const judged = judgeAppendError(error);
        if (judged instanceof StoreRefusedError) end(judged);
        else end(judged === 'conflict' ? { kind: 'conflict' } : { kind: 'unknown', cause: judged.unknown });
      },
    );
  const outcome = await ended;
  clearTimeout(timer);
  closeCall();
  if (outcome instanceof StoreRefusedError) throw outcome;
  return outcome;
};

const ending = () => {
  let end: (outcome: AppendOutcome | StoreRefusedError) => void = () => undefined;
  const promise = new Promise<AppendOutcome | StoreRefusedError>((resolve) => {
    end = resolve;
  });
  return { promise, end };
};
