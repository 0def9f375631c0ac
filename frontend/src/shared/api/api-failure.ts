/**
 * Why an answer could not be had: the API is out of reach or overloaded, the thing is not there,
 * or the answer is none that this page understands.
 */
export type FailureKind = 'unreachable' | 'missing' | 'unexpected';

export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';

  constructor(
    readonly kind: FailureKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export const isMissing = (error: unknown): boolean => error instanceof ApiFailure && error.kind === 'missing';

/** What an HTTP status other than 2xx says of the API. */
export const failureOf = (status: number): FailureKind => {
  if (status === 404) return 'missing';
  return status >= 500 || status === 429 ? 'unreachable' : 'unexpected';
};
