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

/**
 * Asks the API for somebody or for a change.
 * @throws {Refusal} where it refuses in words, 5xx too
 * @throws {ApiFailure} where nobody knows what became of it: it may be asked again with the same key
 */
export const callJson = async <T>(path: string, shape: Shape<T>, call: Call): Promise<T> => {
  const { method, body, token, key, language, signal } = call;
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(path, {
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
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
  }).catch((cause: unknown) => {
    throw new ApiFailure('unreachable', `${path}: no answer`, { cause });
  });
  if (!response.ok)
    throw (await refusalIn(response)) ?? new ApiFailure(failureOf(response.status), `${path}: ${response.status}`);
  try {
    return shape.parse(await response.json());
  } catch (cause) {
    throw new ApiFailure('unexpected', `${path}: an answer of another shape`, { cause });
  }
};
