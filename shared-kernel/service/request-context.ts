import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';

const storage = new AsyncLocalStorage<{ readonly correlationId: string; readonly causationId: string | undefined }>();

/** What we accept from outside: it goes into logs, headers and event metadata. */
const ACCEPTED = /^[A-Za-z0-9._:-]{8,128}$/;

/** The correlation id of the request being served; a fresh one outside of any request. */
export const correlationId = (): string => storage.getStore()?.correlationId ?? randomUUID();

/**
 * What the request being served follows from: the event or request another of our services acts on, where it says so
 * (`x-causation-id`), else the request itself. Only for routes that others of our services alone reach.
 */
export const causationId = (): string => storage.getStore()?.causationId ?? correlationId();

/** Keeps a valid `x-correlation-id`, else makes one; echoes it and makes it readable for the whole request. */
export const correlate: RequestHandler = (req, res, next) => {
  const given = req.headers['x-correlation-id'];
  const cause = req.headers['x-causation-id'];
  const id = typeof given === 'string' && ACCEPTED.test(given) ? given : randomUUID();
  res.setHeader('x-correlation-id', id);
  storage.run({ correlationId: id, causationId: typeof cause === 'string' && ACCEPTED.test(cause) ? cause : undefined }, next);
};
