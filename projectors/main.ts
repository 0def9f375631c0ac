import { startConsumers } from '@tiketi/shared-kernel/event-sourcing/consumers/runtime.js';
import { connectEventStore } from '@tiketi/shared-kernel/event-sourcing/event-store/eventstoredb.js';
import { readConfig, serviceEnv } from '@tiketi/shared-kernel/service/config.js';
import { createDatabase } from '@tiketi/shared-kernel/service/database.js';
import { createLogger } from '@tiketi/shared-kernel/service/logger.js';
import { createMetrics } from '@tiketi/shared-kernel/service/metrics.js';
import { checkReadiness } from '@tiketi/shared-kernel/service/readiness.js';
import { runService } from '@tiketi/shared-kernel/service/run-service.js';
import { sql } from 'kysely';
import { createApp } from './app.js';
import { catalogProjection } from './catalog/projection.js';
import { CONSUMERS_SCHEMA, migrate } from './migrate.js';
import { exposeStatus, observeProjections } from './projection-metrics.js';
import { ticketsProjection } from './tickets/projection.js';

const env = readConfig(
  serviceEnv
    .pick({ PORT: true, HOST: true, LOG_LEVEL: true, TIKETI_PARENT_PID: true, DATABASE_URL: true, EVENTSTORE_URL: true })
    .required({ DATABASE_URL: true, EVENTSTORE_URL: true }),
);
const logger = createLogger({ service: 'projectors', level: env.LOG_LEVEL });
const metrics = createMetrics('projectors');
const db = createDatabase({ url: env.DATABASE_URL, applicationName: 'projectors', max: 8, rebuildable: true, logger });
for (const rebuilt of await migrate(db)) {
  logger.warn(
    rebuilt,
    'rows of an older version were dropped and are built anew from the events; answers fill up until it is live',
  );
}

const store = connectEventStore({ url: env.EVENTSTORE_URL, connectionName: 'projectors', logger });
const running = startConsumers({
  store,
  db,
  schema: CONSUMERS_SCHEMA,
  consumers: [catalogProjection('catalog'), ticketsProjection('tickets')],
  logger,
  observe: observeProjections(metrics),
});
exposeStatus(metrics, running.status);

await runService({
  name: 'projectors',
  logger,
  app: createApp({
    status: running.status,
    ready: () =>
      checkReadiness({
        database: () => sql`SELECT 1`.execute(db),
        projections: async () => running.status().every(({ state }) => state !== 'stopped'),
      }),
    logger,
    metrics,
  }),
  host: env.HOST,
  port: env.PORT,
  onStop: async () => {
    await running.stop();
    await store.close();
    await db.destroy();
  },
  parentPid: env.TIKETI_PARENT_PID,
});
