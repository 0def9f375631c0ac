import type { ServerResponse } from 'node:http';

const TITLES = {
  BAD_PATH: [400, { ko: '읽을 수 없는 주소입니다.', en: 'The path is not one this server reads.' }],
  NOT_FOUND: [404, { ko: '찾으시는 것이 없습니다.', en: 'There is nothing here.' }],
  METHOD_NOT_ALLOWED: [405, { ko: '여기서는 쓸 수 없는 방법입니다.', en: 'This method is not served here.' }],
  BODY_TOO_LARGE: [413, { ko: '요청 본문이 너무 큽니다.', en: 'The request body is too large.' }],
  UPSTREAM_FAILED: [
    502,
    { ko: '처리 중에 연결이 끊어졌습니다. 다시 시도해 주세요.', en: 'A part of Tiketi broke off its answer. Please try again.' },
  ],
  UPSTREAM_UNAVAILABLE: [
    503,
    {
      ko: '지금은 이용할 수 없습니다. 잠시 후 다시 시도해 주세요.',
      en: 'A part of Tiketi is not available at this moment. Please try again.',
    },
  ],
  UPSTREAM_TIMEOUT: [
    504,
    {
      ko: '제시간에 답이 없었습니다. 처리 결과를 다시 확인해 주세요.',
      en: 'A part of Tiketi did not answer in time. Please ask again what became of it.',
    },
  ],
} as const satisfies Record<string, readonly [number, { readonly ko: string; readonly en: string }]>;

export type EdgeProblem = keyof typeof TITLES;

/** Answers with problem+json (RFC 9457) of a stable code, in Korean for who prefers it; an answer already begun is cut instead. */
export function sendProblem(response: ServerResponse, code: EdgeProblem, correlationId: string, detail?: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const [status, titles] = TITLES[code];
  const language = /^\s*ko\b/i.test(response.req.headers['accept-language'] ?? '') ? 'ko' : 'en';
  const title = titles[language];
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
    'content-language': language,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 503 ? { 'retry-after': '2' } : {}),
    ...(code === 'BODY_TOO_LARGE' ? { connection: 'close' } : {}),
  });
  response.end(body);
}
