import { Problem } from '@tiketi/shared-kernel/contracts/http/problem.js';
import { ApiFailure, failureOf } from './api-failure.js';

type Shape<T> = { parse(value: unknown): T };
export type Call = {
  readonly method: 'GET' | 'POST';
  readonly body?: unknown;
  readonly token?: string;
  /** Idempotency-Key: the same for every try of one wish. */
  readonly key?: string;
  readonly language: string;
  readonly signal?: AbortSignal;
};

/** A payment may take its provider a while. */
const TIMEOUT_MS = 20_000;
/** The first of two of one wish is still under way: a double click, or a repeat after an answer that was lost. */
const IN_FLIGHT = 'IDEMPOTENCY_KEY_IN_FLIGHT';

/** The API said no; `title` is its reason, in the language that was asked for. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
  ) {
    super(`${status} ${code}: ${title}`);
  }
}

const refusalIn = async (response: Response): Promise<Refusal | undefined> => {
  const { data } = Problem.safeParse(await response.json().catch(() => undefined));
  return data === undefined ? undefined : new Refusal(response.status, data.code, data.title);
};

/** Resolves after as many seconds as the answer says, one by default; rejects once the signal is. */
const asLongAsSaid = (response: Response, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const seconds = Number(response.headers.get('retry-after') ?? 1);
    const timer = setTimeout(resolve, (Number.isFinite(seconds) ? seconds : 1) * 1000);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });

/**
 * Asks the API for somebody or for a change. What is still under way under the same key is waited for.
 * @throws {Refusal} where it refuses in words, 5xx too
 * @throws {ApiFailure} where nobody knows what became of it: it may be asked again with the same key
 */
export const callJson = async <T>(path: string, shape: Shape<T>, call: Call): Promise<T> => {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const signal = call.signal === undefined ? timeout : AbortSignal.any([call.signal, timeout]);
  const unreachable = (cause: unknown): never => {
    throw new ApiFailure('unreachable', `${path}: no answer`, { cause });
  };
  for (;;) {
    const response = await ask(path, call, signal).catch(unreachable);
    if (response.ok) return read(path, shape, response);
    const refusal = await refusalIn(response);
    if (refusal?.code !== IN_FLIGHT) throw refusal ?? new ApiFailure(failureOf(response.status), `${path}: ${response.status}`);
    await asLongAsSaid(response, signal).catch(unreachable);
  }
};

const ask = (path: string, { method, body, token, key, language }: Call, signal: AbortSignal): Promise<Response> =>
  fetch(path, {
    method,
    cache: 'no-store',
    headers: {
      accept: 'application/json',
      'accept-language': language,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal,
  });

const read = async <T>(path: string, shape: Shape<T>, response: Response): Promise<T> => {
  try {
    return shape.parse(await response.json());
  } catch (cause) {
    throw new ApiFailure('unexpected', `${path}: an answer of another shape`, { cause });
  }
};
