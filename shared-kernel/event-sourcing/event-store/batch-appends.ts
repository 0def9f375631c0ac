import { randomUUID } from 'node:crypto';
import type { Carrier } from './appending.js';
import { type BatchCall, openBatchCall } from './batch-call.js';
import { batchRequest } from './batch-messages.js';
import { commandError, losesConnection } from './client-errors.js';
import type { Connection } from './connection.js';
import { StoreUnavailableError } from './port.js';

/** What one stream carries, and how many appends wait on it. */
type Lane = { readonly call: Promise<BatchCall | undefined>; load: number };

/** The server is out of reach or does not speak; any other failure to open a stream leaves the unary call to try. */
const isOutOfReach = (error: Error): boolean => error instanceof StoreUnavailableError || losesConnection(error);

/**
 * Appends over `BatchAppend` streams: one a connection, and up to `most` where several appends are under way at once; opened when first used
 * and again after they ended. More than one because gRPC hands a stream's next message to the socket once the one before is written, which a
 * busy process hears of once a turn of its event loop: over a single stream went one append a turn. Servers allow a connection a hundred
 * calls at a time.
 *
 * No order is promised among appends: whoever cares for a stream's order has one append to it under way. `otherwise` carries those to a
 * server without the call, and those that wait for a stream when one cannot be opened though the server speaks: `warn` is told why,
 * once a connection, which is then left so that the next is tried afresh.
 */
export const byBatchStreams = (otherwise: Carrier, most: number, warn: (error: Error) => void): Carrier => {
  const lanesOf = new WeakMap<Connection, Lane[]>();

  const openLane = (connection: Connection, lanes: Lane[]): Lane => {
    const forget = () => {
      const at = lanes.indexOf(lane);
      if (at >= 0) lanes.splice(at, 1);
    };
    // the others may be of a server that leads no more, and each would cost an append its try; later lanes are apart
    const forgetAll = () => {
      if (lanesOf.get(connection) === lanes) lanesOf.delete(connection);
    };
    const call = openBatchCall(connection, { spent: forget, failed: forgetAll });
    const lane: Lane = { call, load: 0 };
    lanes.push(lane);
    call.then(
      (opened) => opened ?? forget(),
      (raw: Error) => {
        forget();
        if (!connection.isLeft() && !isOutOfReach(commandError(raw))) warn(raw);
        // the client keeps the answer it got, so that only another connection asks again
        connection.leave();
      },
    );
    return lane;
  };

  /** The first that is free, so that those opened for a rush are left to close. */
  const laneOn = (connection: Connection): Lane => {
    const lanes = lanesOf.get(connection) ?? [];
    lanesOf.set(connection, lanes);
    const least = lanes.reduce<Lane | undefined>(
      (best, lane) => (best === undefined || lane.load < best.load ? lane : best),
      undefined,
    );
    return least === undefined || (least.load > 0 && lanes.length < most) ? openLane(connection, lanes) : least;
  };

  return (attempt, timeoutMs) => {
    const correlationId = randomUUID();
    const message = batchRequest(correlationId, attempt, timeoutMs);
    return (connection, end) => {
      const lane = laneOn(connection);
      lane.load += 1;
      let forgotten = false;
      let forget = () => {
        forgotten = true;
      };
      const send = (call: BatchCall | undefined) => {
        // its time ran out before there was a stream: what was never sent need not be
        if (forgotten) return;
        forget = call === undefined ? otherwise(attempt, timeoutMs)(connection, end) : call.send(correlationId, message, end);
      };
      lane.call.then(send, (raw: Error) => {
        const error = commandError(raw);
        // a server that cannot tell what it offers may still append
        if (!isOutOfReach(error)) return send(undefined);
        end({ kind: 'unknown', cause: `${error.name}: ${error.message}` });
      });
      return () => {
        lane.load -= 1;
        forget();
      };
    };
  };
};
