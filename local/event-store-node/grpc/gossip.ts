import gossipPb, { type ClusterInfo } from '@eventstore/db-client/generated/gossip_pb.js';
import sharedPb, { type Empty } from '@eventstore/db-client/generated/shared_pb.js';
import type { handleUnaryCall } from '@grpc/grpc-js';

const LEADER = 8;

/** A cluster of one: this node, leading and alive at the address clients reach it by. */
export const gossipRead =
  (instanceId: string, address: () => { host: string; port: number }): handleUnaryCall<Empty, ClusterInfo> =>
  (_call, callback) => {
    const { host, port } = address();
    const endPoint = new gossipPb.EndPoint();
    endPoint.setAddress(host);
    endPoint.setPort(port);
    const id = new sharedPb.UUID();
    id.setString(instanceId);
    const member = new gossipPb.MemberInfo();
    member.setInstanceId(id);
    member.setTimeStamp(String(Date.now() * 10_000));
    member.setState(LEADER);
    member.setIsAlive(true);
    member.setHttpEndPoint(endPoint);
    const info = new gossipPb.ClusterInfo();
    info.setMembersList([member]);
    callback(null, info);
  };
