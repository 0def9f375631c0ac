import { once } from 'node:events';
import { type RequestListener, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import express, { type Express } from 'express';
import { createAppServer } from './app-server.js';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

const serve = async (app: RequestListener): Promise<string> => {
  const server = createAppServer(app, { keepAliveTimeout: 1000 });
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  expect(server.keepAliveTimeout).toBe(1000);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** An app that answers with what Express makes of a request. */
const telling = (name: string): Express => {
  const app = express();
  app.set('trust proxy', 1);
  app.set('name of this app', name);
  app.use(express.json());
  app.post('/things/:id', (req, res) => {
    const { id } = req.params;
    res
      .status(201)
      .json({ id, query: req.query, body: req.body, ip: req.ip, app: req.app.get('name of this app'), same: res.req === req });
  });
  app.get('/things', (_req, res) => res.json([]));
  return app;
};

describe('the server of an app', () => {
  it('gives Express its requests and answers as Express knows them', async () => {
    const url = await serve(telling('one'));
    const answer = await fetch(`${url}/things/7?a=b`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': '198.51.100.7' },
      body: '{"n":1}',
    });
    expect(answer.status).toBe(201);
    expect(await answer.json()).toEqual({
      id: '7',
      query: { a: 'b' },
      body: { n: 1 },
      ip: '198.51.100.7',
      app: 'one',
      same: true,
    });
    expect((await fetch(`${url}/nothing`)).status).toBe(404);
  });

  it('makes them with the prototypes Express would give them, one after another', async () => {
    const app = telling('one');
    const url = await serve(app);
    const seen: unknown[] = [];
    // before Express sees them: once it has, they have its prototypes in any case
    servers[0]?.prependListener('request', (req, res) => {
      seen.push(Object.getPrototypeOf(req) === app.request, Object.getPrototypeOf(res) === app.response);
    });
    for (let n = 0; n < 3; n += 1) expect((await fetch(`${url}/things`)).status).toBe(200);
    expect(seen).toEqual([true, true, true, true, true, true]);
  });

  it('keeps the apps of one process apart', async () => {
    const urls = [await serve(telling('one')), await serve(telling('two'))];
    const named = await Promise.all(
      urls.map(async (url) => (await fetch(`${url}/things/1`, { method: 'POST' })).json() as Promise<{ app: string }>),
    );
    expect(named.map(({ app }) => app)).toEqual(['one', 'two']);
  });

  it('goes without a body where the request must not have one', async () => {
    const url = await serve(telling('one'));
    const answer = await fetch(`${url}/things`, { method: 'HEAD' });
    expect([answer.status, await answer.text()]).toEqual([200, '']);
  });

  it('serves a client that waits to be told to continue', async () => {
    const url = await serve(telling('one'));
    const asking = request(`${url}/things/1`, {
      method: 'POST',
      headers: { expect: '100-continue', 'content-type': 'application/json' },
    });
    asking.flushHeaders();
    await once(asking, 'continue');
    asking.end('{"late":true}');
    const [answer] = (await once(asking, 'response')) as [NodeJS.ReadableStream & { statusCode: number }];
    expect(answer.statusCode).toBe(201);
    answer.resume();
  });

  it('serves a plain handler as it is', async () => {
    const url = await serve((_req, res) => res.end('plain'));
    expect(await (await fetch(url)).text()).toBe('plain');
  });
});
