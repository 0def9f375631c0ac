import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { requestFact } from './request-fact.js';

const correlations = requestFact<string>('correlation id');

/** What we accept from outside: it goes into logs, headers and event metadata. */
const ACCEPTED = /^[A-Za-z0-9._:-]{8,128}$/;

/** The id another of our services or a buyer gave, where it is one we accept. */
export const accepted = (given: string | string[] | undefined): string | undefined =>
  typeof given === 'string' && ACCEPTED.test(given) ? given : undefined;

/** The correlation id of a request; a fresh one where `correlate` has not seen it. */
export const correlationId = (req: Request): string => correlations.of(req) ?? randomUUID();

/**
 * What a request follows from: the event or request another of our services acts on, where it says so (`x-causation-id`), else the request
 * itself. Only for routes that others of our services alone reach.
 */
export const causationId = (req: Request): string => accepted(req.headers['x-causation-id']) ?? correlationId(req);

/** Keeps a valid `x-correlation-id`, else makes one; echoes it and keeps it with the request. */
export const correlate: RequestHandler = (req, res, next) => {
  const id = accepted(req.headers['x-correlation-id']) ?? randomUUID();
  correlations.set(req, id);
  res.setHeader('x-correlation-id', id);
  next();
};
