import { readFileSync } from 'node:fs';
import gossip from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import gossipPb from '@eventstore/db-client/generated/gossip_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { ChannelCredentials, credentials } from '@grpc/grpc-js';
import { describe, expect, it } from '@jest/globals';
import type { ServerUnderTest } from './server-under-test.js';

/** The first host of a connection string and how to reach it. */
const channelOf = (url: string): { address: string; security: ChannelCredentials } => {
  const [, address] = /^[^:]+:\/\/(?:[^@/]*@)?([^/?,]+)/.exec(url) ?? [];
  if (address === undefined) throw new Error(`no host in ${url}`);
  const authority = /[?&]tlsCAFile=([^&]+)/i.exec(url)?.[1];
  const insecure = /[?&]tls=false\b/i.test(url);
  const roots = authority === undefined ? null : readFileSync(decodeURIComponent(authority));
  return { address, security: insecure ? credentials.createInsecure() : ChannelCredentials.createSsl(roots) };
};

const asked = <T>(ask: (answer: (error: Error | null, value: T | undefined) => void) => unknown): Promise<T> =>
  new Promise((resolve, reject) => {
    ask((error, value) => (value === undefined ? reject(error ?? new Error('no answer')) : resolve(value)));
  });

/** What the client asks before its first call. */
export const servingContract = (server: () => ServerUnderTest): void => {
  describe('the server', () => {
    it('lists the calls that are used, by which the client chooses how to append', async () => {
      const { address, security } = channelOf(server().url);
      const client = new features.ServerFeaturesClient(address, security);
      const methods = await asked<{ getMethodsList: () => { getServiceName: () => string; getMethodName: () => string }[] }>(
        (answer) => client.getSupportedMethods(new shared.Empty(), answer),
      ).finally(() => client.close());
      const names = methods.getMethodsList().map((each) => `${each.getServiceName()}/${each.getMethodName()}`.toLowerCase());
      const used = ['append', 'batchappend', 'read', 'delete', 'tombstone'];
      expect(names).toEqual(expect.arrayContaining(used.map((name) => `event_store.client.streams.streams/${name}`)));
    });

    it('tells by gossip of a member that is alive and leads', async () => {
      const { address, security } = channelOf(server().url);
      const client = new gossip.GossipClient(address, security);
      const info = await asked<InstanceType<typeof gossipPb.ClusterInfo>>((answer) =>
        client.read(new shared.Empty(), answer),
      ).finally(() => client.close());
      const { LEADER } = gossipPb.MemberInfo.VNodeState;
      const leaders = info.getMembersList().filter((member) => member.getIsAlive() && member.getState() === LEADER);
      expect(leaders).toHaveLength(1);
      expect(leaders[0]?.getHttpEndPoint()?.getPort()).toBeGreaterThan(0);
    });
  });
};
