import { createHttpApp, type HttpAppOptions } from '@tiketi/shared-kernel/service/http-app.js';
import { type ParkedPorts, parkedRoutes } from '@tiketi/shared-kernel/service/parked-routes.js';
import { translateStoreErrors } from '@tiketi/shared-kernel/service/store-problems.js';
import type { Express } from 'express';
import { type AdminPorts, adminRoutes } from './admin-routes.js';
import { whileBehind } from './behind.js';
import { type InternalPorts, internalRoutes } from './internal-routes.js';
import { watchSteps } from './internal-watch.js';
import { type CommandPorts, commandRoute } from './owners/command-route.js';
import { type PublicPorts, publicRoutes } from './routes.js';

type Ports = PublicPorts &
  AdminPorts &
  ParkedPorts &
  Omit<InternalPorts, 'observeStep'> &
  CommandPorts &
  Omit<HttpAppOptions, 'routes' | 'service'>;

export const createApp = (ports: Ports): Express =>
  createHttpApp({
    ...ports,
    service: 'reservation',
    routes: (router) => {
      publicRoutes(ports)(router);
      adminRoutes(ports)(router);
      parkedRoutes('reservation', ports)(router);
      commandRoute(ports)(router);
      internalRoutes({ ...ports, observeStep: watchSteps(ports.metrics, ports.logger) })(router);
      router.use(translateStoreErrors, whileBehind);
    },
  });
