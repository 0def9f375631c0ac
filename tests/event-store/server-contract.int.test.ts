import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEventStoreNode } from '@tiketi/local/event-store-node/server.js';
import { serverContract } from '@tiketi/shared-kernel/event-sourcing/event-store/server-contract/server-contract.js';

const given = process.env.TIKETI_CONTRACT_URL;

const startLocalNode = async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'tiketi-contract-'));
  const node = await startEventStoreNode({ directory, port: 0 });
  const stop = async () => {
    await node.close();
    await rm(directory, { recursive: true, force: true });
  };
  return { url: node.url, stop };
};

if (given === undefined) serverContract('the local node', startLocalNode);
else serverContract('the server of the given connection string', async () => ({ url: given, stop: async () => undefined }));
