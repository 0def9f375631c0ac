import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';

/** A finished answer: sent many times as it is. */
export type Answer = { readonly body: Buffer; readonly etag: string; readonly cacheControl: string };

/** Without a `version` of its own the body's hash tags it. */
export const jsonAnswer = (value: unknown, o: { readonly cacheControl: string; readonly version?: string }): Answer => {
  const body = Buffer.from(JSON.stringify(value));
  const tag = o.version ?? createHash('sha1').update(body).digest('base64url');
  return { body, etag: `"${tag}"`, cacheControl: o.cacheControl };
};

/** Whether `If-None-Match` names this tag (RFC 9110 §13.1.2, weak comparison). */
export const matches = (header: string | undefined, etag: string): boolean => {
  if (header === undefined) return false;
  if (header === etag || header.trim() === '*') return true;
  return header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
};

/** Sends the answer, or 304 to who has it already. */
export const sendAnswer = (req: Request, res: Response, answer: Answer): void => {
  res.setHeader('etag', answer.etag);
  res.setHeader('cache-control', answer.cacheControl);
  if (matches(req.headers['if-none-match'], answer.etag)) {
    res.status(304).end();
    return;
  }
  res.setHeader('content-type', 'application/json; charset=utf-8');
  res.setHeader('content-length', answer.body.length);
  res.end(answer.body);
};
