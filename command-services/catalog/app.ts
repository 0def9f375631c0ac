import type { EventStore } from '@tiketi/shared-kernel/event-sourcing/event-store/port.js';
import type { Authenticator } from '@tiketi/shared-kernel/service/authenticate.js';
import { createHttpApp } from '@tiketi/shared-kernel/service/http-app.js';
import type { Logger } from '@tiketi/shared-kernel/service/logger.js';
import type { Metrics } from '@tiketi/shared-kernel/service/metrics.js';
import { checkReadiness } from '@tiketi/shared-kernel/service/readiness.js';
import { translateStoreErrors } from '@tiketi/shared-kernel/service/store-problems.js';
import type { Express } from 'express';
import { createLayoutReader, postLayout } from './layout/routes.js';
import { deleteShow, postPerformance, postShow, putRefundPolicy, putShow } from './show/routes.js';

export type CatalogPorts = {
  readonly store: EventStore;
  readonly authenticator: Authenticator;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
};

/** Resolves if the store answers a read; the last event there is does for that. */
const reachable = async (store: EventStore): Promise<void> => {
  for await (const _ of store.readAll({ from: 'end', direction: 'backwards', maxCount: 1 })) return;
};

/** The catalog's commands: shows, performances, seat layouts. All need the admin role. */
export const createApp = (ports: CatalogPorts): Express => {
  const { store, now, authenticator, logger, metrics } = ports;
  const admin = authenticator.requireRole('admin');
  const shows = { store, now, layoutById: createLayoutReader(store) };
  return createHttpApp({
    service: 'catalog',
    logger,
    metrics,
    bodyLimit: '256kb',
    ready: () => checkReadiness({ eventStore: () => reachable(store) }),
    routes: (router) => {
      router.post('/api/seat-layouts', admin, postLayout(store, now));
      router.post('/api/events', admin, postShow(shows));
      router.put('/api/events/:id', admin, putShow(shows));
      router.delete('/api/events/:id', admin, deleteShow(shows));
      router.put('/api/events/:id/refund-policy', admin, putRefundPolicy(shows));
      router.post('/api/events/:id/performances', admin, postPerformance(shows));
      router.use(translateStoreErrors);
    },
  });
};
