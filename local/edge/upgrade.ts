import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { upstreamHeaders } from './request-headers.js';

const UNAVAILABLE = 'HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/** Passes a WebSocket upgrade on: the request's head is repeated to the upstream, then bytes flow both ways until either side ends. */
export function forwardUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, target: URL, correlationId: string): void {
  const upstream = connect(Number(target.port), target.hostname);
  const end = () => {
    upstream.destroy();
    socket.destroy();
  };
  let connected = false;
  upstream.once('connect', () => {
    connected = true;
    upstream.setNoDelay(true);
    upstream.write(requestHead(request, target, correlationId));
    if (head.length > 0) upstream.write(head);
    upstream.pipe(socket).pipe(upstream);
  });
  upstream.on('error', () => {
    if (!connected) socket.end(UNAVAILABLE);
    else end();
  });
  socket.on('error', end);
  socket.once('close', end);
  upstream.once('close', () => socket.end());
}

function requestHead(request: IncomingMessage, target: URL, correlationId: string): string {
  const headers = upstreamHeaders(request, correlationId);
  const lines = [
    `${request.method} ${request.url} HTTP/1.1`,
    `host: ${target.host}`,
    'connection: Upgrade',
    `upgrade: ${request.headers.upgrade}`,
  ];
  for (let index = 0; index + 1 < headers.length; index += 2) lines.push(`${headers[index]}: ${headers[index + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
