import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import gossipGrpc from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import featuresGrpc from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { Disk } from './disk/disk.js';
import { lockFolder } from './disk/folder-lock.js';
import { openNodeDisk } from './disk/node-disk.js';
import { gossipRead } from './grpc/gossip.js';
import { MAX_RECEIVE } from './grpc/limits.js';
import { OpenCalls } from './grpc/open-calls.js';
import { widenReceiveWindow } from './grpc/receive-window.js';
import { getSupportedMethods } from './grpc/server-features.js';
import { streamsDefinition, streamsHandlers } from './grpc/streams-service.js';
import { createHttpEndpoints } from './http-endpoints.js';
import { createSharedPort } from './shared-port.js';
import { statsOf } from './stats.js';
import { type EventStore, type EventStoreOptions, openEventStore } from './store/event-store.js';

export interface EventStoreNodeOptions {
  /** The folder the log lies in; made when missing. One node at a time may have it. */
  readonly directory: string;
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly logger?: NodeLogger;
  /** Used in place of the folder's files; the folder is still locked. */
  readonly disk?: Disk;
}

/** As much of pino's logger as the node uses. */
export interface NodeLogger {
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

export interface EventStoreNode {
  /** The connection string for the official client. */
  readonly url: string;
  readonly port: number;
  /** Ends subscriptions as cancelled, finishes appends under way and closes the files. */
  close(): Promise<void>;
}

const GRACE_MS = 1000;

const GRPC_OPTIONS = {
  'grpc.max_receive_message_length': MAX_RECEIVE,
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.keepalive_permit_without_calls': 1,
};

const reportingTo = (logger: NodeLogger | undefined): EventStoreOptions => ({
  onFailure: (err) => logger?.error({ err }, 'the event log is read-only'),
  onFull: (err) =>
    err === undefined
      ? logger?.warn({}, 'the disk has room again: appends are taken')
      : logger?.error({ err }, 'the disk is full: appends are refused until there is room'),
  onCheckpointFailed: (err) => logger?.warn({ err }, 'no index checkpoint could be written'),
});

const openFolder = async (options: EventStoreNodeOptions): Promise<{ store: EventStore; release: () => Promise<void> }> => {
  const { directory, logger } = options;
  const folder = await openNodeDisk(directory);
  const disk = options.disk ?? folder;
  const release = await lockFolder(directory);
  try {
    const store = await openEventStore(disk, reportingTo(logger));
    if (store.log.dropped > 0) logger?.warn({ bytes: store.log.dropped }, 'cut off an unfinished, never acknowledged write');
    return { store, release };
  } catch (error) {
    await release();
    throw error;
  }
};

/**
 * Starts a node on a folder. A damaged log is served read-only. Throws FolderInUseError, DiskFullError where a store cannot even be begun, and the
 * system's error when the port is taken.
 */
export const startEventStoreNode = async (options: EventStoreNodeOptions): Promise<EventStoreNode> => {
  const host = options.host ?? '127.0.0.1';
  const { store, release } = await openFolder(options);
  const subscriptions = new OpenCalls();
  const batches = new OpenCalls();
  let port = options.port;

  const grpc = new Server(GRPC_OPTIONS);
  grpc.addService(streamsDefinition, streamsHandlers(store, subscriptions, batches));
  grpc.addService(featuresGrpc.ServerFeaturesService, { getSupportedMethods });
  grpc.addService(gossipGrpc.GossipService, { read: gossipRead(randomUUID(), () => ({ host, port })) });
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  widenReceiveWindow(grpc);

  const http = createHttpEndpoints(() => statsOf(store, subscriptions));
  const shared = createSharedPort((socket) => injector.injectConnection(socket), http);
  try {
    shared.server.listen(port, host);
    await once(shared.server, 'listening');
  } catch (error) {
    await store.close();
    await release();
    throw error;
  }
  const address = shared.server.address();
  if (typeof address === 'object' && address !== null) port = address.port;

  const close = async (): Promise<void> => {
    const closed = once(shared.server, 'close');
    shared.server.close();
    subscriptions.cancelAll();
    await store.log.idle(GRACE_MS);
    batches.cancelAll();
    http.closeAllConnections();
    const graceful = new Promise<void>((resolve) => grpc.tryShutdown(() => resolve()));
    const timer = setTimeout(() => grpc.forceShutdown(), GRACE_MS);
    await Promise.race([graceful, closed]);
    clearTimeout(timer);
    grpc.forceShutdown();
    for (const socket of shared.sockets) socket.destroy();
    await closed;
    await store.close();
    await release();
  };
  let closing: Promise<void> | undefined;
  return {
    url: `esdb://${host}:${port}?tls=false`,
    port,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
};
