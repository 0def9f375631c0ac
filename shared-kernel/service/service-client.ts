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
  readonly close: () => Promise<void>;
};

export type ServiceClientOptions = {
  readonly baseUrl: string;
  readonly token: string;
  readonly timeoutMs: number;
  readonly connections?: number;
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Calls another service's `/internal/*` with the service token. The timeout (ms) covers the whole exchange. Nothing is retried here. */
export const createServiceClient = (o: ServiceClientOptions): ServiceClient => {
  const dispatcher = new Agent({ connections: o.connections ?? 64, keepAliveTimeout: 4000 });

  const exchange = async (method: 'GET' | 'POST', path: string, body: unknown, options: CallOptions) => {
    const { signal, lift } = timeLimit(options.timeoutMs ?? o.timeoutMs);
    try {
      const answer = await request(new URL(path, o.baseUrl), {
        method,
        dispatcher,
        signal,
        headers: {
          ...options.headers,
          authorization: `Bearer ${o.token}`,
          accept: 'application/json',
          ...(options.correlationId === undefined ? {} : { 'x-correlation-id': options.correlationId }),
          ...(options.causationId === undefined ? {} : { 'x-causation-id': options.causationId }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.statusCode, text: await answer.body.text() };
    } catch (error) {
      throw new ServiceUnreachable(`${method} ${path} got no answer`, { cause: error });
    } finally {
      lift();
    }
  };

  const call = async (method: 'GET' | 'POST', path: string, body: unknown, options: CallOptions = {}): Promise<unknown> => {
    const { status, text } = await exchange(method, path, body, options);
    if (status < 400) return text === '' ? undefined : parseJson(text);
    const problem = Problem.safeParse(parseJson(text)).data;
    throw new ServiceProblem(status, problem?.code ?? 'UNKNOWN', problem);
  };

  return {
    post: (path, body, options) => call('POST', path, body, options),
    get: (path, options) => call('GET', path, undefined, options),
    close: () => dispatcher.destroy(),
  };
};
