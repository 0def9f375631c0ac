import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import type { Problem } from '../contracts/http/problem.js';
import { isInfrastructure } from '../event-sourcing/consumers/failures.js';
import type { Logger } from './logger.js';
import { type Language, ProblemError } from './problem.js';
import { correlationId } from './request-context.js';

/** Korean for `ko` and `ko-KR` where preferred, else English. */
export const languageOf = (req: Request): Language => (req.acceptsLanguages('en', 'ko') === 'ko' ? 'ko' : 'en');

/** A problem as JSON (RFC 9457), in the language of whoever asked. */
export const problemBody = (problem: ProblemError, language: Language, id: string): Problem => ({
  type: 'about:blank',
  title: problem.title[language],
  status: problem.status,
  code: problem.code,
  ...(problem.detail === undefined ? {} : { detail: problem.detail }),
  correlationId: id,
  ...(problem.errors === undefined ? {} : { errors: [...problem.errors] }),
});

const send = (req: Request, res: Response, problem: ProblemError): void => {
  const language = languageOf(req);
  res
    .status(problem.status)
    .set({ 'content-language': language, 'cache-control': 'no-store', ...problem.headers })
    .type('application/problem+json')
    .send(JSON.stringify(problemBody(problem, language, correlationId(req))));
};

const PARSER_FAULTS: Readonly<Record<string, ProblemError>> = {
  'entity.parse.failed': new ProblemError(400, 'MALFORMED_JSON'),
  'entity.too.large': new ProblemError(413, 'BODY_TOO_LARGE'),
  'charset.unsupported': new ProblemError(415, 'UNSUPPORTED_MEDIA_TYPE'),
  'encoding.unsupported': new ProblemError(415, 'UNSUPPORTED_MEDIA_TYPE'),
};

/** The problem an error stands for, or undefined when it is a bug or an outage. */
const problemOf = (error: unknown): ProblemError | undefined => {
  if (error instanceof ProblemError) return error;
  if (error instanceof URIError) return new ProblemError(400, 'MALFORMED_PATH');
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  if (typeof error.status !== 'number' || error.status < 400 || error.status >= 500) return undefined;
  const parserFault = 'type' in error ? PARSER_FAULTS[String(error.type)] : undefined;
  return parserFault ?? new ProblemError(400, 'BAD_REQUEST');
};

/** A database that is away is no bug: the same request may be sent again. */
const unavailable = (): ProblemError => new ProblemError(503, 'TEMPORARILY_UNAVAILABLE', { headers: { 'retry-after': '1' } });

export const notFound: RequestHandler = () => {
  throw new ProblemError(404, 'NOT_FOUND');
};

/**
 * The problem to answer an error with. One that stands for no problem is a bug or an outage: it is logged in full, and the answer is INTERNAL
 * (503 where a database is away), which says nothing of it but the correlation id to find it by.
 */
export const problemToTell = (error: unknown, logger: Logger, id: string): ProblemError => {
  const problem = problemOf(error);
  if (problem !== undefined) return problem;
  logger.error({ err: error, correlationId: id }, 'request failed');
  return isInfrastructure(error) ? unavailable() : new ProblemError(500, 'INTERNAL');
};

/** Answers what no route answered: with the problem to tell, or by breaking off an answer that has begun. */
export const answerErrors =
  (logger: Logger): ErrorRequestHandler =>
  (error: unknown, req, res, _next) => {
    const problem = problemToTell(error, logger, correlationId(req));
    if (res.headersSent) res.destroy();
    else send(req, res, problem);
  };
