import { once } from 'node:events';
import { connect } from 'node:http2';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningNode, runNode } from '../testing/running-node.js';
import { RECEIVE_WINDOW } from './receive-window.js';

describe('the window of a connection to the node', () => {
  let running: RunningNode;
  beforeAll(async () => {
    running = await runNode();
  });
  afterAll(() => running.stop());

  it('has room for the largest append, on the connection and on each of its streams', async () => {
    const session = connect(`http://127.0.0.1:${running.node.port}`);
    try {
      while (session.remoteSettings?.initialWindowSize !== RECEIVE_WINDOW) await once(session, 'remoteSettings');
      // its answer comes behind everything the node had sent before
      await new Promise<void>((resolve, reject) => {
        session.ping((error) => (error === null ? resolve() : reject(error)));
      });
      expect(session.state.remoteWindowSize).toBe(RECEIVE_WINDOW);
    } finally {
      session.destroy();
    }
  });
});
