import features from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { Server, ServerCredentials, type ServerDuplexStream, type ServerWritableStream } from '@grpc/grpc-js';
import { batchAppendIsServed } from './batch-server.js';

/**
 * A server that takes every append and never says what became of it: it ends batch streams politely without a reply,
 * leaves unary appends open, and answers reads with nothing.
 */
export const startHalfClosingServer = async (): Promise<{ readonly url: string; readonly close: () => void }> => {
  const server = new Server();
  const { read, append, batchAppend } = streams.StreamsService;
  server.addService(
    { read, append, batchAppend },
    {
      read: (call: ServerWritableStream<unknown, unknown>) => call.end(),
      append: () => undefined,
      batchAppend: (call: ServerDuplexStream<unknown, unknown>) => {
        call.on('data', () => call.end());
      },
    },
  );
  server.addService(features.ServerFeaturesService, { getSupportedMethods: batchAppendIsServed });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { url: `esdb://127.0.0.1:${port}?tls=false`, close: () => server.forceShutdown() };
};
