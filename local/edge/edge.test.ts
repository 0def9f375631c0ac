import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { freePort } from '../parts/free-port.js';
import { createEdge } from './app.js';
import { routeFor, type Upstream } from './routes.js';

const listen = async (server: Server): Promise<URL> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
};

const text = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

/** Tells who was asked, and for what. */
const echo =
  (name: string): RequestListener =>
  async (request, response) => {
    const body = await text(request).catch(() => 'cut');
    const answer = { name, method: request.method, url: request.url, headers: request.headers, size: body.length };
    response.writeHead(request.url?.includes('teapot') ? 418 : 200, { 'content-type': 'application/json', 'x-from': name });
    response.end(JSON.stringify(answer));
  };

type Seen = { name: string; method: string; url: string; headers: Record<string, string>; size: number };

describe('the edge', () => {
  const servers: Server[] = [];
  let edge: URL;
  let folder: string;
  let misbehave: (request: IncomingMessage, response: ServerResponse) => void;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tiketi-edge-'));
    await mkdir(path.join(folder, 'assets'));
    await writeFile(path.join(folder, 'index.html'), '<title>Tiketi</title>');
    await writeFile(path.join(folder, 'assets/app-1a2b.js'), 'export {}');
    await writeFile(path.join(folder, '..', 'tiketi-edge-secret.txt'), 'secret');
    const upstreams: Partial<Record<Upstream, URL>> = { 'realtime-gateway': await gateway() };
    for (const name of ['auth', 'catalog', 'query-api', 'toss-simulator'] as const)
      upstreams[name] = await start(createServer(echo(name)));
    upstreams.payment = await start(createServer((request, response) => misbehave(request, response)));
    upstreams.reservation = new URL(`http://127.0.0.1:${await freePort()}`);
    edge = await start(createEdge({ upstreams, clientFolder: folder, log: pino({ level: 'silent' }), upstreamTimeout: 300 }));
  });

  afterAll(async () => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    await rm(folder, { recursive: true });
    await rm(path.join(folder, '..', 'tiketi-edge-secret.txt'));
  });

  const start = async (server: Server): Promise<URL> => {
    servers.push(server);
    return listen(server);
  };

  const gateway = () => {
    const server = createServer();
    server.on('upgrade', (request, socket) => {
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nx-path: ${request.url}\r\n\r\n`,
      );
      socket.pipe(socket);
    });
    return start(server);
  };

  const at = (pathname: string, init?: RequestInit) => fetch(new URL(pathname, edge), init);
  const seen = async (pathname: string, init?: RequestInit) => (await (await at(pathname, init)).json()) as Seen;
  const problem = async (response: Response) => ({
    status: response.status,
    ...((await response.json()) as { code: string; correlationId: string }),
  });

  /** Sends the path exactly as written: fetch would tidy it. */
  const raw = (pathname: string) =>
    new Promise<number>((resolve, reject) => {
      httpRequest({ host: edge.hostname, port: edge.port, path: pathname }, (response) =>
        resolve(response.resume().statusCode ?? 0),
      )
        .on('error', reject)
        .end();
    });

  it('sends reads and writes of one path to different services, with path, query and body untouched', async () => {
    expect(await seen('/api/events/7?lang=ko')).toMatchObject({ name: 'query-api', url: '/api/events/7?lang=ko' });
    expect(await seen('/api/events', { method: 'POST', body: 'x'.repeat(100) })).toMatchObject({
      name: 'catalog',
      method: 'POST',
      size: 100,
    });
    expect(await seen('/api/auth/login', { method: 'POST', body: '{}' })).toMatchObject({ name: 'auth', url: '/api/auth/login' });
  });

  it('passes status, headers and streams on', async () => {
    const response = await at('/api/events/teapot');
    expect([response.status, response.headers.get('x-from')]).toEqual([418, 'query-api']);
  });

  it('tells that payments are simulated', async () => {
    const response = await fetch(new URL('/api/deployment', edge));
    expect(await response.json()).toEqual({ simulated: ['payment'] });
  });

  it('strips the prefix of the simulator', async () => {
    expect(await seen('/toss-simulator/checkout?orderId=1')).toMatchObject({
      name: 'toss-simulator',
      url: '/checkout?orderId=1',
    });
    expect(await seen('/toss-simulator')).toMatchObject({ url: '/' });
  });

  it('does not take a longer word for a route', () => {
    expect(routeFor('GET', '/api/eventsabc')).toBeUndefined();
    expect(routeFor('HEAD', '/api/events')?.to).toBe('query-api');
    expect(routeFor('GET', '/api/seats/event/1')?.to).toBe('query-api');
    expect(routeFor('POST', '/api/seats/lock')?.to).toBe('reservation');
    expect(routeFor('DELETE', '/api/reservations/1')).toBeUndefined();
    expect(routeFor('POST', '/api/admin/parked/projectors/replay-all')?.to).toBe('projectors');
    expect(routeFor('GET', '/api/admin/parked/payments')).toBeUndefined();
  });

  it('states itself where a request came from', async () => {
    const claims = {
      'x-forwarded-for': '10.9.8.7',
      forwarded: 'for=10.9.8.7',
      'x-real-ip': '10.9.8.7',
      'x-correlation-id': 'mine-1',
      'x-causation-id': 'event-10.9.8.7',
    };
    const { headers } = await seen('/api/events', { headers: claims });
    expect(headers).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-correlation-id': 'mine-1' });
    expect(JSON.stringify(headers)).not.toContain('10.9.8.7');
  });

  it('makes a correlation id when none, or an unfit one, came', async () => {
    const response = await at('/api/events', { headers: { 'x-correlation-id': 'two words' } });
    const { headers } = (await response.json()) as Seen;
    expect(headers['x-correlation-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(response.headers.get('x-correlation-id')).toBe(headers['x-correlation-id']);
  });

  it('answers 503 UPSTREAM_UNAVAILABLE for a part that is down while the others keep working', async () => {
    expect(await problem(await at('/api/reservations', { method: 'POST', body: '{}' }))).toMatchObject({
      status: 503,
      code: 'UPSTREAM_UNAVAILABLE',
    });
    expect((await at('/api/events')).status).toBe(200);
  });

  it('answers 504 for a part that is silent and 502 for one that breaks off', async () => {
    misbehave = () => undefined;
    expect(await problem(await at('/api/payments/confirm', { method: 'POST', body: '{}' }))).toMatchObject({
      status: 504,
      code: 'UPSTREAM_TIMEOUT',
    });
    misbehave = (request) => request.socket.destroy();
    expect(await problem(await at('/api/payments/confirm', { method: 'POST', body: '{}' }))).toMatchObject({
      status: 502,
      code: 'UPSTREAM_FAILED',
    });
  });

  it('repeats a read whose connection was lost, and never a write', async () => {
    let calls = 0;
    misbehave = (request, response) => {
      calls += 1;
      if (calls === 1) request.socket.destroy();
      else response.end('"second"');
    };
    expect(await (await at('/api/payments/order/1')).json()).toBe('second');
    calls = 0;
    expect((await at('/api/payments/confirm', { method: 'POST', body: '{}' })).status).toBe(502);
    expect(calls).toBe(1);
  });

  it('refuses bodies above the limit, announced or not', async () => {
    const large = 'x'.repeat(70_000);
    expect(await problem(await at('/api/auth/login', { method: 'POST', body: large }))).toMatchObject({
      status: 413,
      code: 'BODY_TOO_LARGE',
    });
    const stream = new Blob([large]).stream();
    const streamed: RequestInit & { duplex: 'half' } = { method: 'POST', body: stream, duplex: 'half' };
    expect((await at('/api/auth/login', streamed)).status).toBe(413);
    expect(await seen('/api/seat-layouts', { method: 'POST', body: large })).toMatchObject({ name: 'catalog', size: 70_000 });
  });

  it('keeps internal commands and unknown paths out', async () => {
    for (const inside of ['/internal/reservations', '/api/unknown', '/metrics'])
      expect(await problem(await at(inside))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await problem(await at('/api/reservations/1', { method: 'DELETE' }))).toMatchObject({
      status: 405,
      code: 'METHOD_NOT_ALLOWED',
    });
    for (const devious of [
      '/api/events/../../internal',
      '/api/events/%2e%2e/x',
      '/api//events',
      '/../tiketi-edge-secret.txt',
      '/assets/..%2f..%2fx',
    ]) {
      expect(await raw(devious)).toBe(400);
    }
  });

  it('serves the client: pages fresh, named assets for ever, unknown files not at all', async () => {
    const page = await at('/events/7');
    expect(await page.text()).toContain('<title>Tiketi</title>');
    expect(page.headers.get('cache-control')).toBe('no-cache');
    expect((await at('/', { headers: { 'if-none-match': page.headers.get('etag') ?? '' } })).status).toBe(304);
    expect((await at('/assets/app-1a2b.js')).headers.get('cache-control')).toContain('immutable');
    expect((await at('/assets/app-gone.js')).status).toBe(404);
    expect((await at('/', { method: 'POST' })).status).toBe(405);
  });

  it('passes WebSocket upgrades on and refuses others', async () => {
    const talk = async (pathname: string) => {
      const socket = connect(Number(edge.port), edge.hostname);
      socket.write(`GET ${pathname} HTTP/1.1\r\nHost: edge\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
      const [head] = (await once(socket, 'data')) as [Buffer];
      return { socket, head: head.toString() };
    };
    const { socket, head } = await talk('/socket.io/?EIO=4');
    expect(head).toContain('x-path: /socket.io/?EIO=4');
    socket.write('hello');
    const [back] = (await once(socket, 'data')) as [Buffer];
    expect(back.toString()).toBe('hello');
    socket.destroy();
    const refused = await talk('/api/events');
    expect(refused.head).toContain('404');
    refused.socket.destroy();
  });

  it('is healthy by itself', async () => {
    expect((await at('/health')).status).toBe(200);
    expect((await at('/ready')).status).toBe(200);
  });
});
