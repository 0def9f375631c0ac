import features from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import featuresPb from '@eventstore/db-client/generated/serverfeatures_pb.js';
import streams from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streamsPb, { type AppendResp, type BatchAppendReq } from '@eventstore/db-client/generated/streams_pb.js';
import {
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerWritableStream,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { encoded, type Field, integer, message, text } from '../event-store/protobuf-fields.js';

export type BatchStream = ServerDuplexStream<BatchAppendReq, Buffer>;

/** The answer to the question for its calls: those it serves, others only, or a status code. */
export type Told = 'batch' | 'others' | number;

const idOf = (request: BatchAppendReq): string => request.getCorrelationId()?.getString() ?? '';
/** Which stream an append is for. */
export const streamOf = (request: BatchAppendReq): string =>
  Buffer.from(request.getOptions()?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString();

const structured = (id: string): Field => {
  const hex = id.replaceAll('-', '');
  return message(0x0a, integer(0x08, BigInt(`0x${hex.slice(0, 16)}`)), integer(0x10, BigInt(`0x${hex.slice(16)}`)));
};

/** The answer that it was stored, its id in one of the two forms a server may use. */
export const stored = (request: BatchAppendReq, revision = 0n, form: 'text' | 'bits' = 'text'): Buffer =>
  encoded(
    message(0x0a, form === 'text' ? text(0x12, idOf(request)) : structured(idOf(request))),
    message(0x1a, integer(0x08, revision), message(0x1a, integer(0x08, 7n), integer(0x10, 7n))),
  );

/** The answer that it was not, with a detail of this protobuf type. */
export const failed = (request: BatchAppendReq, type: string): Buffer =>
  encoded(
    message(0x0a, text(0x12, idOf(request))),
    message(0x12, text(0x12, 'as told'), message(0x1a, text(0x0a, `type.googleapis.com/${type}`))),
  );

const unaryAnswer = (): AppendResp => {
  const position = new streamsPb.AppendResp.Position();
  position.setCommitPosition('9');
  position.setPreparePosition('9');
  const success = new streamsPb.AppendResp.Success();
  success.setCurrentRevision('0');
  success.setPosition(position);
  return new streamsPb.AppendResp().setSuccess(success);
};

const listing =
  (methodName: string) =>
  (_: unknown, reply: sendUnaryData<unknown>): void => {
    const method = new featuresPb.SupportedMethod();
    method.setServiceName('event_store.client.streams.streams');
    method.setMethodName(methodName);
    const methods = new featuresPb.SupportedMethods();
    methods.setEventStoreServerVersion('24.2.0');
    methods.addMethods(method);
    reply(null, methods);
  };
/** The answer to what the client asks first: BatchAppend is there. */
export const batchAppendIsServed = listing('batchappend');

export type BatchServer = {
  readonly url: string;
  readonly port: number;
  /** Batch streams opened so far, and those open now. */
  readonly opened: () => number;
  readonly open: () => number;
  readonly unaryAppends: () => number;
  readonly close: () => void;
};

/**
 * A server that does with each batch stream what it is given: `onRequest` for every append, with the stream's number from 1, or
 * `onStream` before any. `told` is its answer each time it is asked for its calls, counted from 1. Unary appends succeed at once;
 * reads find nothing.
 */
export const startBatchServer = async ({
  told = () => 'batch',
  onStream = () => undefined,
  onRequest = () => undefined,
}: {
  readonly told?: (question: number) => Told | Promise<Told>;
  readonly onStream?: (call: BatchStream, number: number) => void;
  readonly onRequest?: (call: BatchStream, request: BatchAppendReq, number: number) => void;
}): Promise<BatchServer> => {
  const server = new Server({ 'grpc.max_receive_message_length': 16 * 1024 * 1024 });
  let opened = 0;
  let open = 0;
  let unaryAppends = 0;
  let questions = 0;
  const { read, append, batchAppend } = streams.StreamsService;
  server.addService(
    { read, append, batchAppend: { ...batchAppend, responseSerialize: (answer: Buffer) => answer } },
    {
      read: (call: ServerWritableStream<unknown, unknown>) => call.end(),
      append: (call: ServerReadableStream<unknown, AppendResp>, answer: sendUnaryData<AppendResp>) => {
        unaryAppends += 1;
        call.resume().on('end', () => answer(null, unaryAnswer()));
      },
      batchAppend: (call: BatchStream) => {
        opened += 1;
        open += 1;
        const number = opened;
        call.on('close', () => {
          open -= 1;
        });
        call.on('data', (request: BatchAppendReq) => onRequest(call, request, number));
        onStream(call, number);
      },
    },
  );
  server.addService(features.ServerFeaturesService, {
    getSupportedMethods: async (call: unknown, reply: sendUnaryData<unknown>) => {
      questions += 1;
      const answer = await told(questions);
      if (typeof answer === 'number') reply({ code: answer, details: 'as told' });
      else if (answer === 'batch') batchAppendIsServed(call, reply);
      else listing('append')(call, reply);
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return {
    url: `esdb://127.0.0.1:${port}?tls=false`,
    port,
    opened: () => opened,
    open: () => open,
    unaryAppends: () => unaryAppends,
    close: () => server.forceShutdown(),
  };
};
