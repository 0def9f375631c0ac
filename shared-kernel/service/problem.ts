import { STATUS_CODES } from 'node:http';

export type Language = 'ko' | 'en';
export type LocalizedTitle = { readonly ko: string; readonly en: string };
export type FieldFault = { readonly path: string; readonly message: string };

/** What a person is told: `code` is stable, `title` is in their language. */
export type ProblemSpec = { readonly status: number; readonly code: string; readonly title: LocalizedTitle };

export type ProblemDetails = {
  readonly title?: LocalizedTitle;
  readonly detail?: string;
  readonly errors?: readonly FieldFault[];
  readonly headers?: Readonly<Record<string, string>>;
};

const titles: Readonly<Record<number, LocalizedTitle>> = {
  400: { ko: '요청을 이해할 수 없습니다.', en: 'The request cannot be understood.' },
  401: { ko: '로그인이 필요합니다.', en: 'Please sign in.' },
  403: { ko: '이 작업을 할 권한이 없습니다.', en: 'You are not allowed to do this.' },
  404: { ko: '찾을 수 없습니다.', en: 'Not found.' },
  405: { ko: '허용되지 않는 방법입니다.', en: 'This method is not allowed here.' },
  409: { ko: '현재 상태에서는 처리할 수 없습니다.', en: 'This conflicts with the current state.' },
  413: { ko: '요청 본문이 너무 큽니다.', en: 'The request body is too large.' },
  415: { ko: '지원하지 않는 형식입니다.', en: 'This content type is not supported.' },
  422: { ko: '처리할 수 없는 요청입니다.', en: 'The request cannot be processed.' },
  429: { ko: '요청이 너무 많습니다. 잠시 후 다시 시도해 주세요.', en: 'Too many requests. Please try again shortly.' },
  500: { ko: '일시적인 오류가 발생했습니다.', en: 'Something went wrong on our side.' },
  503: { ko: '지금은 이용할 수 없습니다. 잠시 후 다시 시도해 주세요.', en: 'Not available right now. Please try again shortly.' },
};

const titleOf = (status: number): LocalizedTitle => {
  const name = STATUS_CODES[status] ?? 'Error';
  return titles[status] ?? { ko: name, en: name };
};

/** Thrown in a route to answer with a problem (RFC 9457). `detail` and `errors` reach the person: no secrets in them. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly title: LocalizedTitle;
  readonly detail: string | undefined;
  readonly errors: readonly FieldFault[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly status: number,
    readonly code: string,
    details: ProblemDetails = {},
  ) {
    super(`${status} ${code}`);
    this.title = details.title ?? titleOf(status);
    this.detail = details.detail;
    this.errors = details.errors;
    this.headers = details.headers ?? {};
  }
}

/** A service's one table from refusals to problems; a refusal without an entry does not compile. */
export const refusalTable =
  <R extends string>(table: { readonly [K in R]: ProblemSpec }) =>
  (refusal: R, details: Omit<ProblemDetails, 'title'> = {}): ProblemError => {
    const { status, code, title } = table[refusal];
    return new ProblemError(status, code, { ...details, title });
  };
