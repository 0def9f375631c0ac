import { Agent, request } from 'undici';
import { Problem } from '../contracts/http/problem.js';
import { timeLimit } from './time-limit.js';

/** The other service answered with a problem. */
export class ServiceProblem extends Error {
  override readonly name = 'ServiceProblem';
  constructor(
    readonly status: number,
    readonly code: string,
    readonly problem: Problem | undefined,
  ) {
    super(`service answered ${status} ${code}`);
  }
}

/** No answer, or none in time: what was asked may or may not have been done. */
export class ServiceUnreachable extends Error {
  override readonly name = 'ServiceUnreachable';
}

export type CallOptions = {
  readonly correlationId?: string;
  /** The event or request the other service then acts on. */
  readonly causationId?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
};

export type ServiceClient = {
  /** The parsed JSON answer, undefined when it has no body. Throws ServiceProblem or ServiceUnreachable. */
  readonly post: (path: string, body: unknown, options?: CallOptions) => Promise<unknown>;
  readonly get: (path: string, options?: CallOptions) => Promise<unknown>;
  /**
   * For an answer of many lines: hands on each as soon as it is there, without its end, and resolves when the answer has ended. A last line
   * without an end is none. Throws as `post` does; how long it may take is the caller's to say, by aborting.
   */
  readonly postLines: (path: string, body: unknown, hear: (line: string) => void, signal: AbortSignal) => Promise<void>;
  readonly close: () => Promise<void>;
};

export type ServiceClientOptions = {
  readonly baseUrl: string;
  readonly token: string;
  readonly timeoutMs: number;
  readonly connections?: number;
};

/** undefined where the text is no JSON. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The problem that an answer of status 400 and above tells of. */
export const problemIn = (status: number, body: unknown): ServiceProblem => {
  const problem = Problem.safeParse(body).data;
  return new ServiceProblem(status, problem?.code ?? 'UNKNOWN', problem);
};

const LINES: CallOptions = { headers: { accept: 'application/x-ndjson' } };

const eachLine = async (chunks: AsyncIterable<Uint8Array>, hear: (line: string) => void): Promise<void> => {
  const decoder = new TextDecoder();
  let begun = '';
  for await (const chunk of chunks) {
    const lines = (begun + decoder.decode(chunk, { stream: true })).split('\n');
    begun = lines.pop() ?? '';
    for (const line of lines) hear(line);
  }
};

/** Calls another service's `/internal/*` with the service token. The timeout (ms) covers the whole exchange. Nothing is retried here. */
export const createServiceClient = (o: ServiceClientOptions): ServiceClient => {
  const dispatcher = new Agent({ connections: o.connections ?? 64, keepAliveTimeout: 4000 });

  const ask = (method: 'GET' | 'POST', path: string, body: unknown, options: CallOptions, signal: AbortSignal) =>
    request(new URL(path, o.baseUrl), {
      method,
      dispatcher,
      signal,
      headers: {
        accept: 'application/json',
        ...options.headers,
        authorization: `Bearer ${o.token}`,
        ...(options.correlationId === undefined ? {} : { 'x-correlation-id': options.correlationId }),
        ...(options.causationId === undefined ? {} : { 'x-causation-id': options.causationId }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  const unreachable = (method: 'GET' | 'POST', path: string, cause: unknown) =>
    new ServiceUnreachable(`${method} ${path} got no answer`, { cause });

  const exchange = async (method: 'GET' | 'POST', path: string, body: unknown, options: CallOptions) => {
    const { signal, lift } = timeLimit(options.timeoutMs ?? o.timeoutMs);
    try {
      const answer = await ask(method, path, body, options, signal);
      return { status: answer.statusCode, text: await answer.body.text() };
    } catch (error) {
      throw unreachable(method, path, error);
    } finally {
      lift();
    }
  };

  const call = async (method: 'GET' | 'POST', path: string, body: unknown, options: CallOptions = {}): Promise<unknown> => {
    const { status, text } = await exchange(method, path, body, options);
    if (status < 400) return text === '' ? undefined : parseJson(text);
    throw problemIn(status, parseJson(text));
  };

  const exchangeLines = async (path: string, body: unknown, hear: (line: string) => void, signal: AbortSignal) => {
    try {
      const answer = await ask('POST', path, body, LINES, signal);
      if (answer.statusCode >= 400) return problemIn(answer.statusCode, parseJson(await answer.body.text()));
      return await eachLine(answer.body, hear);
    } catch (error) {
      throw unreachable('POST', path, error);
    }
  };

  return {
    post: (path, body, options) => call('POST', path, body, options),
    get: (path, options) => call('GET', path, undefined, options),
    postLines: async (path, body, hear, signal) => {
      const problem = await exchangeLines(path, body, hear, signal);
      if (problem !== undefined) throw problem;
    },
    close: () => dispatcher.destroy(),
  };
};
