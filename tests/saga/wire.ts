import { BookingsBehindError } from '@tiketi/reservation/bookings.js';
import type { internalRoutes } from '@tiketi/reservation/internal-routes.js';
import { StepLot } from '@tiketi/shared-kernel/contracts/http/internal.js';
import { OutcomeUnknownError } from '@tiketi/shared-kernel/event-sourcing/command-handler.js';
import { StoreUnavailableError } from '@tiketi/shared-kernel/event-sourcing/event-store/port.js';
import { LotLine } from '@tiketi/shared-kernel/service/lots-line.js';
import { ProblemError } from '@tiketi/shared-kernel/service/problem.js';
import { type ServiceClient, ServiceProblem, ServiceUnreachable } from '@tiketi/shared-kernel/service/service-client.js';
import type { Around, EffectKind } from './seams.js';
import type { Turns } from './turns.js';

/** The services' own word for a router. */
type Router = Parameters<ReturnType<typeof internalRoutes>>[0];
type Handler = (req: object, res: object) => Promise<void>;
type Route = { readonly method: string; readonly path: readonly string[]; readonly run: Handler };

export type Answers = (method: string, path: string, body: unknown) => Promise<unknown>;

const paramsOf = (route: readonly string[], path: readonly string[]): Record<string, string> | undefined => {
  if (route.length !== path.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of route.entries()) {
    const given = path[index] ?? '';
    if (part.startsWith(':')) params[part.slice(1)] = given;
    else if (part !== given) return undefined;
  }
  return params;
};

/** What the caller would be told of an error, as the services' own error handlers tell it. */
const problemOf = (error: unknown): ServiceProblem => {
  if (error instanceof ProblemError) return new ServiceProblem(error.status, error.code, undefined);
  const away = [OutcomeUnknownError, StoreUnavailableError, BookingsBehindError].some((kind) => error instanceof kind);
  return away ? new ServiceProblem(503, 'AWAY', undefined) : new ServiceProblem(500, 'INTERNAL', undefined);
};

const throughJson = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

/** What a route answers, the text of many lines where that is its answer. */
const answerOf = (route: Route, params: Record<string, string>, body: unknown): Promise<unknown> =>
  new Promise((resolve, reject) => {
    let text = '';
    const write = (more: string): void => {
      text += more;
    };
    const end = (last: string): void => resolve(text + last);
    // as much of a request and a response as they use
    const req = { params, body, headers: {}, acceptsLanguages: () => 'en' };
    const res = { json: (given: unknown) => resolve(throughJson(given)), type: () => undefined, write, end, destroyed: false };
    route.run(req, res).catch(reject);
  });

const linesOf = (answer: unknown): readonly string[] => (typeof answer === 'string' ? answer.split('\n').slice(0, -1) : []);

const isFault = (line: string): boolean => LotLine.parse(JSON.parse(line)).status === 500;

/** A service's own routes, answered in this process and without sockets. `noted` hears of errors that are no problem of the service's own. */
export const answersOf = (register: (router: Router) => void, noted: (error: unknown) => void): Answers => {
  const routes: Route[] = [];
  const add = (method: string) => (path: string, run: Handler) => routes.push({ method, path: path.split('/'), run });
  // as much of a router as the internal routes use
  register({ use: () => undefined, get: add('GET'), post: add('POST') } as unknown as Router);

  return async (method, path, body) => {
    const parts = path.split('/');
    for (const route of routes) {
      const params = route.method === method ? paramsOf(route.path, parts) : undefined;
      if (params === undefined) continue;
      try {
        const answer = await answerOf(route, params, throughJson(body));
        for (const line of linesOf(answer)) if (isFault(line)) noted(new Error(line));
        return answer;
      } catch (error) {
        const problem = problemOf(error);
        if (problem.status === 500) noted(error);
        throw problem;
      }
    }
    throw new ServiceProblem(404, 'NOT_FOUND', undefined);
  };
};

/** A client of one service in the process of another: each call is an effect of the caller's, and may take too long. */
export const clientOf = (
  around: Around,
  turns: Turns,
  ask: (method: string, path: string, body: unknown) => Promise<unknown>,
  defaultMs: number,
): ServiceClient => {
  const exchange = (
    method: string,
    path: string,
    body: unknown,
    timeoutMs: number,
    { kind, hearPiece }: { readonly kind: EffectKind; readonly hearPiece?: (answer: unknown) => void } = { kind: 'call' },
  ): Promise<unknown> =>
    around(
      kind,
      () =>
        new Promise((resolve, reject) => {
          const cancel = turns.after(timeoutMs, () => reject(new ServiceUnreachable(`${path} took too long`)));
          ask(method, path, body).finally(cancel).then(resolve, reject);
        }),
      (answer, blow) => {
        if (blow === 'cut') hearPiece?.(answer);
        throw new ServiceUnreachable(`the answer to ${path} was lost`);
      },
    );
  return {
    post: (path, body, options) => exchange('POST', path, body, options?.timeoutMs ?? defaultMs),
    get: (path, options) => exchange('GET', path, undefined, options?.timeoutMs ?? defaultMs),
    // the lines of an answer come together, but for those after a cut
    postLines: async (path, body, hear) => {
      const kind = StepLot.parse(body).steps.length > 1 ? 'lot' : 'call';
      const hearPiece = (answer: unknown): void => {
        const lines = linesOf(answer);
        const missing = 1 + turns.choose(lines.length);
        for (const line of lines.slice(0, -missing)) hear(line);
      };
      for (const line of linesOf(await exchange('POST', path, body, defaultMs, { kind, hearPiece }))) hear(line);
    },
    close: async () => undefined,
  };
};
