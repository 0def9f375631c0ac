import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAppServer } from '../app-server.js';

export type Served = { readonly url: string; readonly close: () => Promise<void> };

/** Serves an app on a free loopback port for the length of a test. */
export const serve = async (app: RequestListener): Promise<Served> => {
  const server = createAppServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
