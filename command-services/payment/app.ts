import { createHttpApp, type HttpAppOptions } from '@tiketi/shared-kernel/service/http-app.js';
import { type ParkedPorts, parkedRoutes } from '@tiketi/shared-kernel/service/parked-routes.js';
import { translateStoreErrors } from '@tiketi/shared-kernel/service/store-problems.js';
import type { Express } from 'express';
import { type InternalPorts, internalRoutes } from './internal-routes.js';
import { type PointChargePorts, pointChargeRoutes } from './point-charge/routes.js';
import { type PointsPorts, pointsRoutes } from './points/routes.js';
import { type ReconciliationPorts, reconciliationRoutes } from './reconciliation/routes.js';
import { type RecordPorts, recordRoutes } from './records/routes.js';
import { type PublicPorts, publicRoutes } from './routes.js';
import { type WebhookPorts, webhookRoutes } from './webhooks/routes.js';

type Ports = PublicPorts &
  RecordPorts &
  WebhookPorts &
  ReconciliationPorts &
  ParkedPorts &
  PointChargePorts &
  PointsPorts &
  InternalPorts &
  Omit<HttpAppOptions, 'routes' | 'service'>;

export const createApp = (ports: Ports): Express =>
  createHttpApp({
    ...ports,
    service: 'payment',
    routes: (router) => {
      webhookRoutes(ports)(router);
      recordRoutes(ports)(router);
      reconciliationRoutes(ports)(router);
      parkedRoutes('payment', ports)(router);
      publicRoutes(ports)(router);
      pointChargeRoutes(ports)(router);
      pointsRoutes(ports)(router);
      internalRoutes(ports)(router);
      router.use(translateStoreErrors);
    },
  });
