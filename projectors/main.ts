import { allEvents } from '@tiketi/shared-kernel/contracts/events/catalog-of-events.js';
import { createCodec } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import { countParkedKeys } from '@tiketi/shared-kernel/event-sourcing/consumers/parked-heads.js';
import { createParkedWork } from '@tiketi/shared-kernel/event-sourcing/consumers/parked-work.js';
import { startConsumers } from '@tiketi/shared-kernel/event-sourcing/consumers/runtime.js';
import { decodeOnce } from '@tiketi/shared-kernel/event-sourcing/decode-once.js';
import { connectEventStore } from '@tiketi/shared-kernel/event-sourcing/event-store/eventstoredb.js';
import { createAuthenticator } from '@tiketi/shared-kernel/service/authenticate.js';
import { readConfig, serviceEnv } from '@tiketi/shared-kernel/service/config.js';
import { createDatabase } from '@tiketi/shared-kernel/service/database.js';
import { createLogger } from '@tiketi/shared-kernel/service/logger.js';
import { createMetrics } from '@tiketi/shared-kernel/service/metrics.js';
import { createRateLimits } from '@tiketi/shared-kernel/service/rate-limit.js';
import { RateLimits } from '@tiketi/shared-kernel/service/rate-limit-profile.js';
import { checkReadiness } from '@tiketi/shared-kernel/service/readiness.js';
import { runService } from '@tiketi/shared-kernel/service/run-service.js';
import { sql } from 'kysely';
import { createApp } from './app.js';
import { bookingLogProjection } from './booking-log/projection.js';
import { catalogProjection } from './catalog/projection.js';
import { CONSUMERS_SCHEMA, migrate } from './migrate.js';
import { exposeStatus, observeProjections } from './projection-metrics.js';
import { ticketsProjection } from './tickets/projection.js';

const env = readConfig(
  serviceEnv
    .pick({
      PORT: true,
      HOST: true,
      LOG_LEVEL: true,
      TIKETI_PARENT_PID: true,
      DATABASE_URL: true,
      EVENTSTORE_URL: true,
      AUTH_JWKS_URL: true,
    })
    .required({ DATABASE_URL: true, EVENTSTORE_URL: true, AUTH_JWKS_URL: true })
    .extend({ RATE_LIMITS: RateLimits }),
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
// all of them are given the same events
const codec = decodeOnce(createCodec(allEvents));
const projections = [
  catalogProjection('catalog', codec),
  ticketsProjection('tickets', codec),
  bookingLogProjection('booking_log', codec),
];
const running = startConsumers({
  store,
  db,
  schema: CONSUMERS_SCHEMA,
  consumers: projections,
  logger,
  observe: observeProjections(metrics),
});
exposeStatus(metrics, running.status, () => countParkedKeys(db, CONSUMERS_SCHEMA));

await runService({
  name: 'projectors',
  logger,
  app: createApp({
    status: running.status,
    parked: createParkedWork({ db, schema: CONSUMERS_SCHEMA, consumers: projections }),
    authenticator: createAuthenticator({ jwksUrl: env.AUTH_JWKS_URL }),
    limit: createRateLimits({ profile: env.RATE_LIMITS, scope: 'projectors' }).limit('command'),
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
