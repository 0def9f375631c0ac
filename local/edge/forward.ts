import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Dispatcher, errors } from 'undici';
import { type EdgeProblem, sendProblem } from './problem.js';
import { answerHeaders, upstreamHeaders } from './request-headers.js';
import type { Spread } from './spread.js';

class BodyTooLarge extends Error {}

export type Forwarding = { path: string; correlationId: string; bodyLimit: number };

/**
 * Passes one request on and streams the answer back. An upstream that is down gives 503 `UPSTREAM_UNAVAILABLE`, one that falls
 * silent 504, one that breaks off 502; nothing is ever sent twice, except a body-less read whose connection was lost unanswered. What a
 * replica took no connection for was not sent, and goes to the next one.
 */
export async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  spread: Spread,
  options: Forwarding,
): Promise<void> {
  const abort = new AbortController();
  response.once('close', () => abort.abort());
  try {
    if (Number(request.headers['content-length'] ?? 0) > options.bodyLimit) throw new BodyTooLarge();
    const answer = await ask(request, spread, options, abort.signal);
    response.writeHead(answer.statusCode, answerHeaders(answer.headers, options.correlationId));
    await pipeline(answer.body, response);
  } catch (error) {
    if (response.destroyed && !(error instanceof BodyTooLarge)) return;
    sendProblem(response, problemOf(error), options.correlationId);
    if (!request.complete) request.resume();
  }
}

async function ask(
  request: IncomingMessage,
  spread: Spread,
  options: Forwarding,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  const attempt = async (left: number): Promise<Dispatcher.ResponseData> => {
    const pool = spread.take();
    const body = hasBody(request) ? bodyOf(request, options.bodyLimit, left > 0) : undefined;
    try {
      return await pool.request({
        path: options.path,
        method: request.method as Dispatcher.HttpMethod,
        headers: upstreamHeaders(request, options.correlationId),
        body: body?.stream ?? null,
        signal,
      });
    } catch (error) {
      if (signal.aborted || !takesNoConnection(error)) throw error;
      spread.away(pool);
      if (left === 0 || body?.isBegun() === true) throw error;
      return attempt(left - 1);
    }
  };
  const send = () => attempt(spread.replicas - 1);
  try {
    return await send();
  } catch (error) {
    const repeatable = (request.method === 'GET' || request.method === 'HEAD') && !hasBody(request);
    if (!repeatable || !lostUnanswered(error)) throw error;
    return send();
  }
}

const hasBody = (request: IncomingMessage): boolean =>
  request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;

/**
 * Where another attempt may follow, the body is not touched before a connection wants it, so that the next can still have all of it. One of
 * unannounced length is counted as it passes; the announced length is checked beforehand and enforced by the parser.
 */
function bodyOf(request: IncomingMessage, limit: number, mayFollow: boolean): { stream: Readable; isBegun: () => boolean } {
  if (!mayFollow && request.headers['content-length'] !== undefined) return { stream: request, isBegun: () => true };
  let begun = false;
  const pass = async function* () {
    begun = true;
    let size = 0;
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) throw new BodyTooLarge();
      yield chunk;
    }
  };
  return { stream: Readable.from(pass(), { objectMode: false }), isBegun: () => begun };
}

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

const takesNoConnection = (error: unknown): boolean => ['ECONNREFUSED', 'UND_ERR_CONNECT_TIMEOUT'].includes(codeOf(error));

const lostUnanswered = (error: unknown): boolean => ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(codeOf(error));

function problemOf(error: unknown): EdgeProblem {
  if (error instanceof BodyTooLarge) return 'BODY_TOO_LARGE';
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError) return 'UPSTREAM_TIMEOUT';
  return lostUnanswered(error) ? 'UPSTREAM_FAILED' : 'UPSTREAM_UNAVAILABLE';
}
