import type { ConsumerStatus } from '@tiketi/shared-kernel/event-sourcing/consumers/status.js';
import { createHttpApp } from '@tiketi/shared-kernel/service/http-app.js';
import type { Metrics } from '@tiketi/shared-kernel/service/metrics.js';
import { type ParkedPorts, parkedRoutes } from '@tiketi/shared-kernel/service/parked-routes.js';
import type { Readiness } from '@tiketi/shared-kernel/service/readiness.js';
import type { Express } from 'express';

export type ProjectorsPorts = ParkedPorts & {
  readonly status: () => readonly ConsumerStatus[];
  readonly ready: () => Promise<Readiness>;
  readonly metrics: Metrics;
};

const placeOf = (position: ConsumerStatus['position']) =>
  position === undefined ? null : { commit: position.commit.toString(), prepare: position.prepare.toString() };

const view = (s: ConsumerStatus) => ({
  name: s.name,
  version: s.version,
  state: s.state,
  position: placeOf(s.position),
  head: placeOf(s.head),
  lagMs: s.lagMs,
  queued: s.queued,
  processed: s.processed,
  parkedKeys: s.parkedKeys,
  lastError: s.lastError ?? null,
});

/** Operations only: `GET /status` tells how far each projection is; what is set aside is shown and replayed as everywhere. */
export const createApp = ({ status, ready, logger, metrics, ...ports }: ProjectorsPorts): Express =>
  createHttpApp({
    service: 'projectors',
    logger,
    metrics,
    ready,
    routes: (router) => {
      parkedRoutes('projectors', { ...ports, logger })(router);
      router.get('/status', (_req, res) => {
        res.set('cache-control', 'no-store').json({ projections: status().map(view) });
      });
    },
  });
