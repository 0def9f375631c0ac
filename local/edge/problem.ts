import type { ServerResponse } from 'node:http';

const TITLES = {
  BAD_PATH: [400, 'The path is not one this server reads.'],
  NOT_FOUND: [404, 'There is nothing here.'],
  METHOD_NOT_ALLOWED: [405, 'This method is not served here.'],
  BODY_TOO_LARGE: [413, 'The request body is too large.'],
  UPSTREAM_FAILED: [502, 'A part of Tiketi broke off its answer. Please try again.'],
  UPSTREAM_UNAVAILABLE: [503, 'A part of Tiketi is not available at this moment. Please try again.'],
  UPSTREAM_TIMEOUT: [504, 'A part of Tiketi did not answer in time. Please ask again what became of it.'],
} as const satisfies Record<string, readonly [number, string]>;

export type EdgeProblem = keyof typeof TITLES;

/** Answers with problem+json (RFC 9457) of a stable code; an answer already begun is cut instead. */
export function sendProblem(response: ServerResponse, code: EdgeProblem, correlationId: string, detail?: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const [status, title] = TITLES[code];
  const body = JSON.stringify({
    type: 'about:blank',
    title,
    status,
    code,
    correlationId,
    ...(detail === undefined ? {} : { detail }),
  });
  response.writeHead(status, {
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 503 ? { 'retry-after': '2' } : {}),
    ...(code === 'BODY_TOO_LARGE' ? { connection: 'close' } : {}),
  });
  response.end(body);
}
