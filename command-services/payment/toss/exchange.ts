import { timeLimit } from '@tiketi/shared-kernel/service/time-limit.js';
import { Pool } from 'undici';
import type { ProviderCall } from '../provider.js';
import {
  type ErrorAnswer,
  type LostAnswer,
  type PageAnswer,
  type PaymentAnswer,
  type Reader,
  readAnswer,
  type TossAnswer,
} from './answers.js';
import { type BreakerOptions, createBreaker } from './breaker.js';
import type { Meaning } from './error-codes.js';

export type TossExchangeOptions = {
  /** `https://api.tosspayments.com`, or a stand-in. */
  baseUrl: string;
  secretKey: string;
  /** Milliseconds until an answer is given up, queueing included; default 60,000, the provider's documented limit. */
  timeoutMs?: number;
  /** Calls in flight at once; more wait their turn. Default 600: 450 calls a second of a provider that takes a second. */
  connections?: number;
  breaker?: BreakerOptions;
  /** Hears of every call, redacted. Must not throw. */
  onCall?: (call: ProviderCall) => void;
};

export type TossRequest = {
  operation: ProviderCall['operation'];
  method: 'GET' | 'POST';
  path: string;
  /** The path with parameters left out, for the log. */
  endpoint: string;
  body?: object;
  idempotencyKey?: string;
  /** What the log may show of the request. */
  shown: ProviderCall['request'];
  /** What the log may never show, should the provider repeat it in a message. */
  hidden?: readonly string[];
  meaning: (code: string) => Meaning;
};

export type TossExchange = {
  call<T extends PaymentAnswer | PageAnswer>(request: TossRequest, reader: Reader<T>): Promise<T | ErrorAnswer | LostAnswer>;
  available(): boolean;
  close(): Promise<void>;
};

export const BREAKER_OPEN = 'circuit breaker open';

/** HTTP with the provider: pooled, timed, guarded by a breaker, logged. Nothing is sent twice. */
export function createTossExchange(options: TossExchangeOptions): TossExchange {
  const { timeoutMs = 60_000, connections = 600 } = options;
  const base = new URL(options.baseUrl);
  const prefix = base.pathname.replace(/\/$/, '');
  const authorization = `Basic ${Buffer.from(`${options.secretKey}:`).toString('base64')}`;
  const breaker = createBreaker(options.breaker);
  const refusals = createRefusals();
  const pool = new Pool(base.origin, {
    connections,
    pipelining: 1,
    // one clock for the whole call: the signal below
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: Math.min(timeoutMs, 5_000) },
    maxResponseSize: 4_000_000,
  });

  async function send<T extends PaymentAnswer | PageAnswer>(
    request: TossRequest,
    reader: Reader<T>,
  ): Promise<T | ErrorAnswer | LostAnswer> {
    const { signal, lift } = timeLimit(timeoutMs);
    try {
      const { statusCode, body } = await pool.request({
        method: request.method,
        path: prefix + request.path,
        headers: {
          authorization,
          accept: 'application/json',
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(request.idempotencyKey === undefined ? {} : { 'idempotency-key': request.idempotencyKey }),
        },
        body: request.body === undefined ? null : JSON.stringify(request.body),
        signal,
      });
      return readAnswer(statusCode, await body.text(), reader);
    } catch (error) {
      return { kind: 'lost', status: null, cause: lossOf(error, timeoutMs), unreadable: false };
    } finally {
      lift();
    }
  }

  return {
    async call(request, reader) {
      const report = breaker.enter();
      if (report === undefined) return { kind: 'lost', status: null, cause: BREAKER_OPEN, unreadable: false };
      const begun = performance.now();
      const answer = await send(request, reader);
      report(isFailure(request, answer, refusals) ? 'failed' : 'ok');
      options.onCall?.(loggedCall(request, answer, Math.round(performance.now() - begun)));
      return answer;
    },
    available: () => breaker.available(),
    close: () => pool.destroy(),
  };
}

/** Idempotency keys that were refused: what the provider says to one again is an old answer and tells nothing of how it does now. */
type Refusals = { readonly isNew: (key: string | undefined) => boolean };

const MOST_REFUSALS = 10_000;

function createRefusals(): Refusals {
  const keys = new Set<string>();
  return {
    isNew: (key) => {
      if (key === undefined) return true;
      if (keys.has(key)) return false;
      if (keys.size >= MOST_REFUSALS) keys.clear();
      keys.add(key);
      return true;
    },
  };
}

/**
 * Declines are answers of a healthy provider; faults on its side and keys it does not take are not. A refund that has to wait (a bank at
 * night, two cancels within a second) is one payment's matter and must not stop everybody's.
 */
function isFailure({ operation, idempotencyKey, meaning }: TossRequest, answer: TossAnswer, refusals: Refusals): boolean {
  if (answer.kind !== 'error') return answer.kind === 'lost';
  if (answer.status >= 500 || answer.status === 429) return true;
  const means = meaning(answer.code);
  if (means === 'transient') return operation === 'confirm' && refusals.isNew(idempotencyKey);
  return means === 'configuration';
}

function lossOf(error: unknown, timeoutMs: number): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { name, code, message } = error as { name?: unknown; code?: unknown; message?: unknown };
  if (name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  return `${typeof code === 'string' ? code : String(name)}: ${String(message)}`;
}

function loggedCall(request: TossRequest, answer: TossAnswer, durationMs: number): ProviderCall {
  return {
    provider: 'toss',
    operation: request.operation,
    endpoint: request.endpoint,
    request: request.shown,
    response: shownAnswer(answer),
    status: answer.status,
    errorCode: answer.kind === 'error' ? answer.code : null,
    error: shownError(request, answer),
    durationMs,
  };
}

function shownAnswer(answer: TossAnswer): ProviderCall['response'] {
  if (answer.kind === 'page') return { lines: answer.lines.length };
  if (answer.kind !== 'payment') return null;
  const { orderId, status, totalAmount, balanceAmount, method, approvedAt } = answer.payment;
  return { orderId, status, totalAmount, balanceAmount, method, approvedAt };
}

/** A message is for a person and may repeat what was sent: account numbers and keys are struck out of it. */
function shownError(request: TossRequest, answer: TossAnswer): string | null {
  const message = answer.kind === 'lost' ? answer.cause : answer.kind === 'error' ? answer.message : null;
  return (request.hidden ?? []).reduce<string | null>((text, secret) => text?.replaceAll(secret, '…') ?? null, message);
}
