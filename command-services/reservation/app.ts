import { createHttpApp, type HttpAppOptions } from '@tiketi/shared-kernel/service/http-app.js';
import { type ParkedPorts, parkedRoutes } from '@tiketi/shared-kernel/service/parked-routes.js';
import { ProblemError } from '@tiketi/shared-kernel/service/problem.js';
import { translateStoreErrors } from '@tiketi/shared-kernel/service/store-problems.js';
import type { ErrorRequestHandler, Express } from 'express';
import { type AdminPorts, adminRoutes } from './admin-routes.js';
import { BookingsBehindError } from './bookings.js';
import { type InternalPorts, internalRoutes } from './internal-routes.js';
import { type CommandPorts, commandRoute } from './owners/command-route.js';
import { type PublicPorts, publicRoutes } from './routes.js';
import { ShowsBehindError } from './shows.js';

type Ports = PublicPorts & AdminPorts & ParkedPorts & InternalPorts & CommandPorts & Omit<HttpAppOptions, 'routes' | 'service'>;

const whileBehind: ErrorRequestHandler = (error, _req, _res, next) => {
  const behind = error instanceof BookingsBehindError || error instanceof ShowsBehindError;
  next(behind ? new ProblemError(503, 'RESERVATION_NOT_READABLE_YET', { headers: { 'retry-after': '1' } }) : error);
};

export const createApp = (ports: Ports): Express =>
  createHttpApp({
    ...ports,
    service: 'reservation',
    routes: (router) => {
      publicRoutes(ports)(router);
      adminRoutes(ports)(router);
      parkedRoutes('reservation', ports)(router);
      commandRoute(ports)(router);
      internalRoutes(ports)(router);
      router.use(translateStoreErrors, whileBehind);
    },
  });
