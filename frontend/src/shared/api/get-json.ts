import { ApiFailure, failureOf } from './api-failure.js';

type Shape<T> = { parse(value: unknown): T };

const TIMEOUT_MS = 8_000;

/**
 * GETs `path` and checks the answer against `shape`. The browser's cache is asked as the answer's own headers say, or with
 * `no-cache` only after revalidation by ETag, for what must be fresh.
 * @throws {ApiFailure} on anything but a well-formed 2xx; an abort by `signal` passes through as it is
 */
export const getJson = async <T>(
  path: string,
  shape: Shape<T>,
  signal: AbortSignal,
  cache: 'default' | 'no-cache' = 'no-cache',
): Promise<T> => {
  const response = await fetch(path, {
    headers: { accept: 'application/json' },
    cache,
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  }).catch((cause: unknown) => {
    if (signal.aborted) throw cause;
    throw new ApiFailure('unreachable', `${path}: no answer`, { cause });
  });
  if (!response.ok) throw new ApiFailure(failureOf(response.status), `${path}: ${response.status}`);
  try {
    return shape.parse(await response.json());
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new ApiFailure('unexpected', `${path}: an answer of another shape`, { cause });
  }
};
