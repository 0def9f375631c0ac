import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Deployment, SIMULATED_PAYMENT } from '@tiketi/shared-kernel/contracts/http/deployment.js';
import { loggedPath } from '@tiketi/shared-kernel/service/logged-path.js';
import type { Logger } from 'pino';
import { serveClient } from './client-files.js';
import { forward } from './forward.js';
import { sendProblem } from './problem.js';
import { givenCorrelationId } from './request-headers.js';
import { DEFAULT_BODY_LIMIT, ROUTES, type Route, routeFor, type Upstream } from './routes.js';
import { createSpread, type Spread } from './spread.js';
import { forwardUpgrade } from './upgrade.js';

export type EdgePorts = {
  /** Where each upstream listens, each of its replicas; one that is absent has no routes. */
  upstreams: Partial<Record<Upstream, URL | readonly URL[]>>;
  /** Folder of the built client. */
  clientFolder: string;
  log: Logger;
  /** Milliseconds an upstream may take to begin its answer; default 65,000, since a payment may be confirmed for a minute. */
  upstreamTimeout?: number;
};

/** The single door: serves the client and passes `ROUTES` on. Not listening yet; `close` ends idle upstream connections too. */
export function createEdge(ports: EdgePorts): Server {
  const routes = ROUTES.filter((route) => ports.upstreams[route.to] !== undefined);
  const timeout = ports.upstreamTimeout ?? 65_000;
  const spreads = new Map<Upstream, Spread>();
  for (const name of Object.keys(ports.upstreams) as Upstream[]) {
    const limits = { connections: 128, headersTimeout: timeout, bodyTimeout: timeout, connect: { timeout: 2_000 } };
    spreads.set(name, createSpread(addressesOf(ports, name), limits));
  }
  const server = createServer(
    { requestTimeout: 30_000, headersTimeout: 15_000, keepAliveTimeout: 65_000 },
    (request, response) => {
      const correlationId = givenCorrelationId(request) ?? randomUUID();
      logWhenDone(ports.log, request, response, correlationId);
      answer(request, response, { ports, routes, spreads }, correlationId).catch((error: unknown) => {
        ports.log.error({ err: error, correlationId }, 'the edge failed');
        sendProblem(response, 'UPSTREAM_FAILED', correlationId);
      });
    },
  );
  server.on('upgrade', (request, socket, head) => {
    const route = routeFor('GET', pathOf(request), routes);
    const [target] = route?.upgrade ? addressesOf(ports, route.to) : [];
    if (target) forwardUpgrade(request, socket, head, target, givenCorrelationId(request) ?? randomUUID());
    else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
  server.once('close', () => {
    for (const spread of spreads.values()) spread.destroy();
  });
  return server;
}

const addressesOf = ({ upstreams }: EdgePorts, name: Upstream): readonly URL[] => [upstreams[name] ?? []].flat();

type Inside = { ports: EdgePorts; routes: readonly Route[]; spreads: ReadonlyMap<Upstream, Spread> };

async function answer(request: IncomingMessage, response: ServerResponse, inside: Inside, correlationId: string): Promise<void> {
  response.setHeader('x-correlation-id', correlationId);
  const path = pathOf(request);
  if (isDevious(path)) return sendProblem(response, 'BAD_PATH', correlationId);
  if (path === '/health' || path === '/ready')
    return void response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ok"}');
  if (path === '/api/deployment')
    return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(deploymentOf(inside.ports)));
  const method = request.method ?? 'GET';
  const route = routeFor(method, path, inside.routes);
  const spread = route && inside.spreads.get(route.to);
  if (route && spread) {
    const rest = (request.url ?? '').slice(route.strip ? route.prefix.length : 0);
    const bodyLimit = route.bodyLimit ?? DEFAULT_BODY_LIMIT;
    return forward(request, response, spread, { path: rest.startsWith('/') ? rest : `/${rest}`, correlationId, bodyLimit });
  }
  if (isServerPath(path))
    return sendProblem(response, knownByAnotherMethod(path, inside.routes) ? 'METHOD_NOT_ALLOWED' : 'NOT_FOUND', correlationId);
  if (method !== 'GET' && method !== 'HEAD') return sendProblem(response, 'METHOD_NOT_ALLOWED', correlationId);
  if (await serveClient(request, response, inside.ports.clientFolder, path)) return;
  sendProblem(response, 'NOT_FOUND', correlationId);
}

/** What the client tells a buyer of this site: no money moves while the simulator takes the payments. */
const deploymentOf = ({ upstreams }: EdgePorts): Deployment => ({
  simulated: upstreams['toss-simulator'] === undefined ? [] : [SIMULATED_PAYMENT],
});

const pathOf = (request: IncomingMessage): string => (request.url ?? '/').split('?', 1)[0] ?? '/';

/** Spellings that two programs could read differently (dot segments, doubled or encoded slashes) are refused, not interpreted. */
const isDevious = (path: string): boolean => !path.startsWith('/') || /\/\/|\\|%2f|%5c|%00|(^|\/)(\.|%2e){1,2}(\/|$)/i.test(path);

const isServerPath = (path: string): boolean => /^\/(api|internal|metrics|socket\.io|toss-simulator)(\/|$)/.test(path);

const knownByAnotherMethod = (path: string, routes: readonly Route[]): boolean =>
  routes.some(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`));

function logWhenDone(log: Logger, request: IncomingMessage, response: ServerResponse, correlationId: string): void {
  const start = performance.now();
  response.once('close', () => {
    const ms = Math.round((performance.now() - start) * 10) / 10;
    // The query may carry what a person typed; the path is enough to follow a request.
    const line = {
      method: request.method,
      path: loggedPath(pathOf(request)),
      status: response.statusCode,
      ms,
      correlationId,
      complete: response.writableFinished,
    };
    if (response.statusCode >= 500) log.warn(line, 'request');
    else log.info(line, 'request');
  });
}
