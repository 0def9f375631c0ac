import { randomUUID } from 'node:crypto';
import type { Carrier } from './appending.js';
import { type BatchCall, openBatchCall } from './batch-call.js';
import { batchRequest } from './batch-messages.js';
import { commandError, losesConnection } from './client-errors.js';
import type { Connection } from './connection.js';

/**
 * Appends over one `BatchAppend` stream a connection, opened when first used and again after it ended. No order is promised among
 * them: whoever cares for a stream's order has one append to it under way. `otherwise` carries those to a server without the call.
 */
export const byBatchStream = (otherwise: Carrier): Carrier => {
  const calls = new WeakMap<Connection, Promise<BatchCall | undefined>>();

  const callOn = (connection: Connection): Promise<BatchCall | undefined> => {
    const present = calls.get(connection);
    if (present !== undefined) return present;
    const forget = () => {
      if (calls.get(connection) === opening) calls.delete(connection);
    };
    const opening = openBatchCall(connection, forget);
    calls.set(connection, opening);
    opening.then((call) => call ?? forget(), forget);
    return opening;
  };

  return (attempt, timeoutMs) => {
    const correlationId = randomUUID();
    const message = batchRequest(correlationId, attempt, timeoutMs);
    return (connection, end) => {
      let forgotten = false;
      let forget = () => {
        forgotten = true;
      };
      const send = (call: BatchCall | undefined) => {
        // its time ran out before there was a stream: what was never sent need not be
        if (forgotten) return;
        forget = call === undefined ? otherwise(attempt, timeoutMs)(connection, end) : call.send(correlationId, message, end);
      };
      callOn(connection).then(send, (raw: Error) => {
        const error = commandError(raw);
        // a server that cannot tell what it offers may still append
        if (!losesConnection(error)) return send(undefined);
        connection.leave();
        end({ kind: 'unknown', cause: `${error.name}: ${error.message}` });
      });
      return () => forget();
    };
  };
};
