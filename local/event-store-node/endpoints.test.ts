import { EventStoreDBClient, UnsupportedError } from '@eventstore/db-client';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import { credentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { collect, noted, type RunningNode, runNode } from './testing/running-node.js';

describe('the node besides its streams', () => {
  let running: RunningNode;
  beforeAll(async () => {
    running = await runNode();
  });
  afterAll(() => running.stop());
  const http = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${running.node.port}${path}`, init);

  it('answers plain HTTP on the same port', async () => {
    expect((await http('/health/live')).status).toBe(204);
    expect((await http('/nothing')).status).toBe(404);
    expect((await http('/stats', { method: 'POST' })).status).toBe(405);
    await running.client.appendToStream('s', noted(1));
    expect(await (await http('/stats')).json()).toMatchObject({ readOnly: null, segments: 1, subscriptions: 0 });
  });

  it('can be found by gossip', async () => {
    const client = EventStoreDBClient.connectionString(`esdb+discover://127.0.0.1:${running.node.port}?tls=false`);
    await client.appendToStream('gossip', noted(1));
    expect(await collect(client.readStream('gossip'))).toHaveLength(1);
    await client.dispose();
  });

  it('says what it does not serve', async () => {
    await expect(running.client.createPersistentSubscriptionToAll('g', { startFrom: 'start' } as never)).rejects.toBeInstanceOf(
      UnsupportedError,
    );
    await expect(running.client.enableProjection('p')).rejects.toMatchObject({ code: 12 });
  });

  it('stores nothing of an append whose caller gives up half way', async () => {
    const raw = new streamsGrpc.StreamsClient(`127.0.0.1:${running.node.port}`, credentials.createInsecure());
    const call = raw.append(() => undefined);
    call.on('error', () => undefined);
    const identifier = new sharedPb.StreamIdentifier();
    identifier.setStreamName(Buffer.from('half').toString('base64'));
    const options = new streamsPb.AppendReq.Options();
    options.setStreamIdentifier(identifier);
    options.setAny(new sharedPb.Empty());
    const header = new streamsPb.AppendReq();
    header.setOptions(options);
    const id = new sharedPb.UUID();
    id.setString(crypto.randomUUID());
    const message = new streamsPb.AppendReq.ProposedMessage();
    message.setId(id);
    message.getMetadataMap().set('type', 'T').set('content-type', 'application/json');
    const body = new streamsPb.AppendReq();
    body.setProposedMessage(message);
    await new Promise((resolve) => call.write(header, resolve));
    await new Promise((resolve) => call.write(body, resolve));
    call.cancel();
    await running.client.appendToStream('other', noted(1));
    raw.close();
    await running.client.appendToStream('other', noted(2));
    await expect(collect(running.client.readStream('half'))).rejects.toMatchObject({ type: 'stream-not-found' });
  });
});
