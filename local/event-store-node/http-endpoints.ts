import { createServer, type Server } from 'node:http';
import type { NodeStats } from './stats.js';

/** The few plain HTTP answers on the node's port: liveness (204) and counters. The server is fed sockets; it listens nowhere itself. */
export const createHttpEndpoints = (stats: () => NodeStats): Server =>
  createServer((request, response) => {
    const path = request.url?.split('?')[0];
    if (request.method !== 'GET') return response.writeHead(405).end();
    if (path === '/health/live') return response.writeHead(204).end();
    if (path !== '/stats') return response.writeHead(404).end();
    return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(stats()));
  });
