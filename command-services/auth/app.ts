import { createHttpApp } from '@tiketi/shared-kernel/service/http-app.js';
import type { Metrics } from '@tiketi/shared-kernel/service/metrics.js';
import { checkReadiness } from '@tiketi/shared-kernel/service/readiness.js';
import type { Express, RequestHandler } from 'express';
import { sql } from 'kysely';
import { accountRoutes } from './accounts/routes.js';
import { keyRoutes } from './keys/routes.js';
import type { AuthPorts } from './ports.js';
import { sessionRoutes } from './sessions/routes.js';

/** Answers with tokens or personal data are kept by no cache. */
const neverCached: RequestHandler = (_req, res, next) => {
  res.set('cache-control', 'no-store');
  next();
};

/** The auth service. Made once its schema is migrated and its key is loaded, so being ready only asks for the database. */
export const createApp = (ports: AuthPorts & { readonly metrics: Metrics; readonly trustedHops: number }): Express =>
  createHttpApp({
    service: 'auth',
    logger: ports.logger,
    metrics: ports.metrics,
    trustedHops: ports.trustedHops,
    bodyLimit: '16kb',
    ready: () => checkReadiness({ database: () => sql`select 1`.execute(ports.db) }),
    routes: (router) => {
      router.use('/api/auth', neverCached);
      accountRoutes(router, ports);
      sessionRoutes(router, ports);
      keyRoutes(router, ports.keys);
    },
  });
