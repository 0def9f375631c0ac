import type { AllStreamResolvedEvent, ResolvedEvent } from '@eventstore/db-client';
import { appendOnce } from './appending.js';
import { byBatchStreams } from './batch-appends.js';
import { type Connection, createConnection } from './connection.js';
import { credentialsOf } from './credentials.js';
import type { EventStore, StoredEvent } from './port.js';
import { checkedPosition, toStoredEvent } from './stored-event.js';
import { tolerateStrayRejections } from './stray-rejections.js';
import { type Source, streamed } from './streaming.js';
import { followAll, followStream } from './subscribing.js';
import { byUnaryCall } from './unary-appends.js';

type ConnectOptions = {
  /** An EventStoreDB connection string; a secure one names a user. */
  readonly url: string;
  readonly connectionName: string;
  readonly appendTimeoutMs?: number;
  /**
   * Most `BatchAppend` streams a connection; default 16. With none, appends are unary calls, as they are anyway where the server offers no
   * other.
   */
  readonly appendStreams?: number;
  readonly logger?: { readonly warn: (details: object, message: string) => void };
};

/**
 * The EventStoreDB adapter; throws at once for a connection string it cannot read. Connects when first used, and again
 * whenever the connection is lost; every call has its own end (see the port), and no fault of one connection touches
 * another's calls.
 */
export const connectEventStore = ({
  url,
  connectionName,
  appendTimeoutMs = 5000,
  appendStreams = 16,
  logger,
}: ConnectOptions): EventStore => {
  const unary = byUnaryCall(credentialsOf(url));
  const warn = (err: Error) => {
    logger?.warn({ err, connectionName }, 'appends are unary calls for now: no stream for them could be opened');
  };
  const carrier = appendStreams === 0 ? unary : byBatchStreams(unary, appendStreams, warn);
  let current = createConnection(url, connectionName);
  const connections = new Set([current]);
  const stopTolerating = tolerateStrayRejections((reason) => {
    logger?.warn({ err: reason }, 'the event store client dropped an error');
  });
  let closed = false;

  const connection = (): Connection => {
    if (closed) throw new Error('the event store connection was closed');
    if (!current.isLeft()) return current;
    logger?.warn({ connectionName }, 'connecting to the event store anew');
    for (const old of connections) if (old.isClosed()) connections.delete(old);
    current = createConnection(url, connectionName);
    connections.add(current);
    return current;
  };

  const events = async function* (
    read: (through: Connection) => Source & { readonly cancel: () => Promise<void> },
  ): AsyncGenerator<StoredEvent> {
    const through = connection();
    const source = read(through);
    for await (const { event } of streamed<ResolvedEvent | AllStreamResolvedEvent>(through, source, () => source.cancel())) {
      if (event !== undefined) yield toStoredEvent(event);
    }
  };

  return {
    append: async (attempt, options) => appendOnce(connection, carrier, attempt, options?.timeoutMs ?? appendTimeoutMs),
    readStream: (stream, { from = 'start', direction = 'forwards', maxCount = Number.MAX_SAFE_INTEGER } = {}) =>
      events(({ client }) => client.readStream(stream, { fromRevision: from, direction, maxCount, requiresLeader: true })),
    readAll: ({ from = 'start', direction = 'forwards', maxCount = Number.MAX_SAFE_INTEGER } = {}) =>
      events(({ client }) =>
        client.readAll({ fromPosition: typeof from === 'string' ? from : checkedPosition(from), direction, maxCount }),
      ),
    subscribeToAll: (options) => followAll(connection, options),
    subscribeToStream: (stream, options) => followStream(connection, stream, options),
    close: async () => {
      closed = true;
      await Promise.all([...connections].map((each) => each.close()));
      stopTolerating();
    },
  };
};
