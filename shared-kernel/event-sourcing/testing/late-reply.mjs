import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import features from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import featuresPb from '@eventstore/db-client/generated/serverfeatures_pb.js';
import streams from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import { Server, ServerCredentials } from '@grpc/grpc-js';

/**
 * A program in which one server breaks its batch stream and another answers its own late: the client has forgotten the
 * second append over the first one's error. Given the built module of stray rejections it tolerates what follows.
 */
const serve = (onPart) => {
  const server = new Server();
  const { batchAppend } = streams.StreamsService;
  server.addService({ batchAppend }, { batchAppend: (call) => call.on('data', (part) => onPart(call, part)) });
  server.addService(features.ServerFeaturesService, {
    getSupportedMethods: (_, reply) => {
      const method = new featuresPb.SupportedMethod();
      method.setServiceName('event_store.client.streams.streams');
      method.setMethodName('batchappend');
      const methods = new featuresPb.SupportedMethods();
      methods.setEventStoreServerVersion('24.2.0');
      methods.addMethods(method);
      reply(null, methods);
    },
  });
  return new Promise((resolve) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_, port) =>
      resolve(`esdb://127.0.0.1:${port}?tls=false`),
    );
  });
};
const answerLate = (call, part) =>
  setTimeout(() => {
    const success = new streamsPb.BatchAppendResp.Success();
    success.setCurrentRevision('0');
    const answer = new streamsPb.BatchAppendResp();
    answer.setCorrelationId(part.getCorrelationId());
    answer.setSuccess(success);
    call.write(answer);
  }, 400);

const [module] = process.argv.slice(2);
let reports = 0;
if (module !== undefined) {
  const { tolerateStrayRejections } = await import(module);
  tolerateStrayRejections(() => {
    reports += 1;
  });
}
const late = EventStoreDBClient.connectionString(await serve(answerLate));
const broken = EventStoreDBClient.connectionString(await serve((call) => call.emit('error', { code: 14, details: 'broken' })));
const append = (client) =>
  client.appendToStream('s', jsonEvent({ type: 'Late', data: {} })).catch((error) => error.constructor.name);
const waiting = append(late);
setTimeout(() => append(broken), 150);
console.log(await waiting);
setTimeout(() => {
  console.log(`alive, ${reports} reported`);
  process.exit(0);
}, 800);
