import { createHttpApp, type HttpAppOptions } from '@tiketi/shared-kernel/service/http-app.js';
import { translateStoreErrors } from '@tiketi/shared-kernel/service/store-problems.js';
import type { Express } from 'express';
import { type InternalPorts, internalRoutes } from './internal-routes.js';
import { type PublicPorts, publicRoutes } from './routes.js';

type Ports = PublicPorts & InternalPorts & Omit<HttpAppOptions, 'routes' | 'service'>;

export const createApp = (ports: Ports): Express =>
  createHttpApp({
    ...ports,
    service: 'payment',
    routes: (router) => {
      publicRoutes(ports)(router);
      internalRoutes(ports)(router);
      router.use(translateStoreErrors);
    },
  });
