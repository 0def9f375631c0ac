import express, { type Express, type RequestHandler, type Router } from 'express';
import { loggedPath } from './logged-path.js';
import type { Logger } from './logger.js';
import type { Metrics } from './metrics.js';
import { ProblemError } from './problem.js';
import { answerErrors, notFound } from './problem-response.js';
import type { Readiness } from './readiness.js';
import { correlate, correlationId } from './request-context.js';
import { securityHeaders } from './security-headers.js';

export type HttpAppOptions = {
  readonly service: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly routes: (router: Router) => void;
  readonly ready?: () => Promise<Readiness>;
  /** Largest JSON body, as bytes(1) writes it; 100kb by default. */
  readonly bodyLimit?: string;
  /** Proxies of ours before this app; that many entries of X-Forwarded-For are believed. 1 by default. */
  readonly trustedHops?: number;
};

const QUIET = new Set(['/health', '/ready', '/metrics']);

const logRequests =
  (logger: Logger): RequestHandler =>
  (req, res, next) => {
    if (QUIET.has(req.path)) return next();
    const begun = performance.now();
    const id = correlationId(req);
    res.once('close', () => {
      const fields = {
        correlationId: id,
        method: req.method,
        path: loggedPath(req.originalUrl),
        status: res.statusCode,
        milliseconds: Math.round((performance.now() - begun) * 10) / 10,
        ...(res.writableFinished ? {} : { aborted: true }),
      };
      if (res.statusCode >= 500) logger.warn(fields, 'request');
      else logger.info(fields, 'request');
    });
    next();
  };

/** A body must say that it is JSON: a form's or a text's content type never reaches a handler (no CSRF by simple request). */
const jsonOnly: RequestHandler = (req, _res, next) => {
  const hasBody = req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
  if (hasBody && req.is('application/json') === false) throw new ProblemError(415, 'UNSUPPORTED_MEDIA_TYPE');
  next();
};

const operations = (o: HttpAppOptions): Router => {
  const router = express.Router();
  router.get('/health', (_req, res) => {
    res.json({ status: 'up', service: o.service });
  });
  router.get('/ready', async (_req, res) => {
    const readiness = (await o.ready?.()) ?? { ready: true, dependencies: {} };
    res.status(readiness.ready ? 200 : 503).json({ service: o.service, ...readiness });
  });
  router.get('/metrics', async (_req, res) => {
    res.type(o.metrics.registry.contentType).send(await o.metrics.registry.metrics());
  });
  return router;
};

/**
 * What every deployable answers alike: correlation id, request log, /health, /ready, /metrics, JSON bodies,
 * and problem+json for everything that goes wrong.
 */
export const createHttpApp = (o: HttpAppOptions): Express => {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', o.trustedHops ?? 1);
  app.set('query parser', 'simple');
  app.set('etag', false);
  app.use(correlate, o.metrics.observeRequests, logRequests(o.logger), securityHeaders());
  app.use(operations(o));
  app.use(jsonOnly, express.json({ limit: o.bodyLimit ?? '100kb', strict: true }));
  const router = express.Router();
  o.routes(router);
  app.use(router);
  app.use(notFound);
  app.use(answerErrors(o.logger));
  return app;
};
