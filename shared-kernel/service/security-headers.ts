import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** Helmet's headers. They are the same on every answer, so its fifteen handlers are asked once and not on every request. */
export const securityHeaders = (): RequestHandler => {
  const request = new IncomingMessage(new Socket());
  const answer = new ServerResponse(request);
  helmet()(request, answer, (error) => {
    if (error !== undefined) throw error;
  });
  const headers = Object.entries(answer.getHeaders()).map(([name, value]) => [name, String(value)] as const);
  return (_req, res, next) => {
    for (const [name, value] of headers) res.setHeader(name, value);
    next();
  };
};
