import featuresPb, { type SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type { Empty } from '@eventstore/db-client/generated/shared_pb.js';
import type { handleUnaryCall } from '@grpc/grpc-js';

/** The server release whose behaviour this node follows. */
const VERSION = '24.2.0';

const SERVED: readonly (readonly [service: string, method: string, ...features: string[]])[] = [
  ['streams.streams', 'read', 'position', 'events'],
  ['streams.streams', 'append'],
  ['streams.streams', 'batchappend', 'deadline_duration'],
  ['streams.streams', 'delete'],
  ['streams.streams', 'tombstone'],
  ['gossip.gossip', 'read'],
  ['server_features.serverfeatures', 'getsupportedmethods'],
];

/** Tells clients which methods are there; persistent subscriptions and projections are not. */
export const getSupportedMethods: handleUnaryCall<Empty, SupportedMethods> = (_call, callback) => {
  const methods = SERVED.map(([service, method, ...features]) => {
    const supported = new featuresPb.SupportedMethod();
    supported.setServiceName(`event_store.client.${service}`);
    supported.setMethodName(method);
    supported.setFeaturesList(features);
    return supported;
  });
  const response = new featuresPb.SupportedMethods();
  response.setMethodsList(methods);
  response.setEventStoreServerVersion(VERSION);
  callback(null, response);
};
