import type { IncomingMessage } from 'node:http';

/** Meant for one connection only (RFC 9110 §7.6.1), or ours to set. */
const NOT_FORWARDED = new Set([
  ...[
    'connection',
    'keep-alive',
    'proxy-authenticate',
    'proxy-authorization',
    'proxy-connection',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
  ],
  ...[
    'expect',
    'host',
    'forwarded',
    'x-forwarded-for',
    'x-forwarded-host',
    'x-forwarded-proto',
    'x-real-ip',
    'x-correlation-id',
    'x-causation-id',
  ],
]);

const CORRELATION_ID = /^[\w.:-]{1,128}$/;

/** The caller's correlation id when it is one that logs can carry, else undefined. */
export function givenCorrelationId(request: IncomingMessage): string | undefined {
  const given = request.headers['x-correlation-id'];
  return typeof given === 'string' && CORRELATION_ID.test(given) ? given : undefined;
}

/**
 * What the upstream is told: the caller's headers as they came, but for the hop-by-hop ones and every claim about where the
 * request came from, which the edge states itself. Flat name, value, name, value list.
 */
export function upstreamHeaders(request: IncomingMessage, correlationId: string): string[] {
  const named = new Set((request.headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase()));
  const headers: string[] = [];
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    const [name = '', value = ''] = request.rawHeaders.slice(index, index + 2);
    const lower = name.toLowerCase();
    if (!NOT_FORWARDED.has(lower) && !named.has(lower)) headers.push(name, value);
  }
  headers.push('x-correlation-id', correlationId, 'x-forwarded-for', request.socket.remoteAddress ?? '');
  headers.push('x-forwarded-proto', 'http', 'x-forwarded-host', request.headers.host ?? '');
  return headers;
}

/** Headers of an answer that may go on to the caller. */
export function answerHeaders(headers: Readonly<Record<string, string | string[] | undefined>>, correlationId: string) {
  const kept = Object.entries(headers).filter(
    ([name, value]) => value !== undefined && (!NOT_FORWARDED.has(name) || name === 'trailer'),
  );
  return { ...Object.fromEntries(kept), 'x-correlation-id': correlationId };
}
