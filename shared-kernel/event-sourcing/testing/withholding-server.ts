import features from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { AppendReq, AppendResp, BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import {
  credentials,
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { batchAppendIsServed } from './batch-server.js';

/** What a server says in place of a success it will not admit. */
export type Excuse = 'not-leader' | 'unavailable';

/** The client goes to the leader it is told of; that is this server again. */
const refusal = (excuse: Excuse, leaderPort: number) => {
  const metadata = new Metadata();
  if (excuse === 'unavailable') return { code: 14, details: 'server not ready', metadata };
  metadata.set('exception', 'not-leader');
  metadata.set('leader-endpoint-host', '127.0.0.1');
  metadata.set('leader-endpoint-port', String(leaderPort));
  return { code: 5, details: 'not leader', metadata };
};

/** Stands before a server, lets every append through, and answers the first ones with an excuse though they were stored. */
export const startWithholdingServer = async (
  targetPort: number,
  excuses: readonly Excuse[],
): Promise<{ readonly url: string; readonly close: () => void }> => {
  const target = new streams.StreamsClient(`127.0.0.1:${targetPort}`, credentials.createInsecure());
  const left = [...excuses];
  const server = new Server();
  const { append, batchAppend } = streams.StreamsService;
  server.addService(features.ServerFeaturesService, { getSupportedMethods: batchAppendIsServed });
  server.addService(
    { append, batchAppend },
    {
      batchAppend: (call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>) => {
        const onwards = target.batchAppend();
        onwards.on('error', () => undefined);
        onwards.on('data', (response: BatchAppendResp) => {
          const excuse = response.hasSuccess() ? left.shift() : undefined;
          if (excuse !== undefined) call.emit('error', refusal(excuse, port));
          else call.write(response);
        });
        call.on('data', (part: BatchAppendReq) => onwards.write(part));
        call.on('close', () => onwards.cancel());
      },
      append: (call: ServerReadableStream<AppendReq, AppendResp>, answer: sendUnaryData<AppendResp>) => {
        const onwards = target.append((error, response) => {
          const excuse = error === null ? left.shift() : undefined;
          if (excuse !== undefined) answer(refusal(excuse, port));
          else answer(error, response);
        });
        call.on('data', (part: AppendReq) => onwards.write(part));
        call.on('end', () => onwards.end());
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  const close = () => {
    target.close();
    server.forceShutdown();
  };
  return { url: `esdb://127.0.0.1:${port}?tls=false`, close };
};
