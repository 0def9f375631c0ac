import type { EventStoreDBClient } from '@eventstore/db-client';
import type { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { CallOptions, Metadata } from '@grpc/grpc-js';

export type Internals = {
  /** Its socket, once it is known whose; dispose() ends the streams alone. */
  readonly getChannel: () => Promise<{ readonly close: () => void }>;
  /** Whether the server lists the call; asked once a channel, without a deadline. */
  readonly supports: (method: { readonly path: string }) => Promise<boolean>;
  /** Name, leader wish and, over TLS alone, the credentials of the connection string. */
  readonly callArguments: (options: { readonly requiresLeader: boolean }, call: CallOptions) => [Metadata, CallOptions];
  /** Opens a stream that dispose() ends, and whose error makes the client look for the leader or connect again. */
  readonly GRPCStreamCreator: <T>(
    stubs: typeof StreamsClient,
    name: string,
    creator: (stub: StreamsClient) => T,
  ) => () => Promise<T>;
};

/** What the client keeps protected in its types and offers by no other way (6.2.1). */
export const internalsOf = (client: EventStoreDBClient): Internals => client as unknown as Internals;
