import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAppServer } from '@tiketi/shared-kernel/service/app-server.js';
import { watchParent } from '@tiketi/shared-kernel/service/watch-parent.js';
import express from 'express';

/** A process that answers a small body with a small body: `HOW` says by what server, and whether by Express. Tells its address in a line. */
const answer = JSON.stringify({ text: 'x'.repeat(300) });

const app = express();
app.disable('x-powered-by');
app.set('etag', false);
app.use(express.json());
app.post('/', (_req, res) => {
  res.status(201).type('application/json').send(answer);
});

const bare = createServer(async (req, res) => {
  const parts: Buffer[] = [];
  for await (const part of req) parts.push(part as Buffer);
  JSON.parse(Buffer.concat(parts).toString());
  res.writeHead(201, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) });
  res.end(answer);
});

const servers = { node: () => bare, express: () => createServer(app), 'app server': () => createAppServer(app) };
const server = servers[process.env.HOW as keyof typeof servers]();
server.listen(0, '127.0.0.1');
await once(server, 'listening');
watchParent(Number(process.env.TIKETI_PARENT_PID), () => process.exit());
console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }));
