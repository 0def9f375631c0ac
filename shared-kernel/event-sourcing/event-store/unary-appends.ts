import { type EventStoreDBClient, type JSONType, jsonEvent } from '@eventstore/db-client';
import type { Carrier } from './appending.js';
import { judgeAppendError, losesConnection } from './client-errors.js';
import type { Credentials } from './credentials.js';
import { type AppendAttempt, StoreRefusedError } from './port.js';

type ClientEvent = Parameters<EventStoreDBClient['appendToStream']>[1];

const clientEvents = (attempt: AppendAttempt): ClientEvent =>
  attempt.events.map(({ id, type, data, metadata }) => jsonEvent({ id, type, data: asJson(data), metadata }));

const asJson = (data: unknown): JSONType => {
  if (typeof data !== 'object' || data === null) throw new StoreRefusedError('event data must be an object');
  // its canonical text was written when its id was made, so it has a JSON form
  return data as JSONType;
};

/**
 * Each append a call of its own, for servers without BatchAppend. Per-call credentials are what makes the client choose it over
 * its own batch stream, whose bookkeeping all clients of the process share; on an insecure connection they are never sent.
 */
export const byUnaryCall =
  (credentials: Credentials): Carrier =>
  (attempt, timeoutMs) => {
    const events = clientEvents(attempt);
    return (connection, end) => {
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
            end(judgeAppendError(error));
          },
        );
      // the call ends by its own deadline, and nobody hears what it says then
      return () => undefined;
    };
  };
