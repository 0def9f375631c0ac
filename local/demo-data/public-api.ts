import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';

/** Tries of one request: what may pass while the stack comes up is asked again, with the same key. */
const TRIES = 20;
const PAUSE_MS = 500;

const passing = (status: number): boolean => status === 429 || status === 502 || status === 503 || status === 504;

const ask = async (url: URL, init: RequestInit): Promise<Response> => {
  for (let tried = 1; ; tried += 1) {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(15_000) }).catch((error: unknown) => {
      if (tried >= TRIES) throw new Error(`${url.href} cannot be reached`, { cause: error });
      return undefined;
    });
    if (response !== undefined && (!passing(response.status) || tried >= TRIES)) return response;
    await response?.body?.cancel();
    await sleep(PAUSE_MS);
  }
};

/** An answer that is no success; `code` is the problem's, where it is one. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  constructor(
    response: Response,
    text: string,
    readonly code: string | undefined,
  ) {
    super(`${response.url} answered ${response.status}: ${text.slice(0, 500)}`);
  }
}

const codeIn = (text: string): string | undefined => /"code":"([A-Z0-9_]+)"/.exec(text)?.[1];

const read = async <S extends z.ZodType>(response: Response, schema: S): Promise<z.infer<S>> => {
  const text = await response.text();
  if (!response.ok) throw new RefusedError(response, text, codeIn(text));
  return schema.parse(JSON.parse(text));
};

/** The public API as any client sees it, through the edge. */
export type PublicApi = {
  readonly post: <S extends z.ZodType>(path: string, body: unknown, answer: S, key?: string) => Promise<z.infer<S>>;
  /** `stale` where the read model had not caught up with the asked position in time. */
  readonly get: <S extends z.ZodType>(path: string, answer: S) => Promise<{ body: z.infer<S>; stale: boolean }>;
};

export const createPublicApi = (edgeUrl: string, accessToken?: string): PublicApi => {
  const credentials: Record<string, string> = accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` };
  return {
    post: async (path, body, answer, key) => {
      const headers = {
        ...credentials,
        'content-type': 'application/json',
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      };
      return read(await ask(new URL(path, edgeUrl), { method: 'POST', headers, body: JSON.stringify(body) }), answer);
    },
    get: async (path, answer) => {
      const response = await ask(new URL(path, edgeUrl), { headers: credentials });
      return { stale: response.headers.get('x-tiketi-stale') === 'true', body: await read(response, answer) };
    },
  };
};
