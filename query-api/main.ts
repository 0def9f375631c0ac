import type { BookingLogTables } from '@tiketi/projectors/booking-log/schema.js';
import type { CatalogTables } from '@tiketi/projectors/catalog/schema.js';
import type { TicketsTables } from '@tiketi/projectors/tickets/schema.js';
import { createPositionWait } from '@tiketi/shared-kernel/event-sourcing/consumers/position-wait.js';
import { createAuthenticator } from '@tiketi/shared-kernel/service/authenticate.js';
import { readConfig, serviceEnv } from '@tiketi/shared-kernel/service/config.js';
import { createDatabase } from '@tiketi/shared-kernel/service/database.js';
import { createLogger } from '@tiketi/shared-kernel/service/logger.js';
import { createMetrics } from '@tiketi/shared-kernel/service/metrics.js';
import { createRateLimits } from '@tiketi/shared-kernel/service/rate-limit.js';
import { RateLimits } from '@tiketi/shared-kernel/service/rate-limit-profile.js';
import { runService } from '@tiketi/shared-kernel/service/run-service.js';
import { createApp } from './app.js';

const env = readConfig(
  serviceEnv
    .pick({ PORT: true, HOST: true, LOG_LEVEL: true, TIKETI_PARENT_PID: true, DATABASE_URL: true, AUTH_JWKS_URL: true })
    .required({ DATABASE_URL: true, AUTH_JWKS_URL: true })
    .extend({ RATE_LIMITS: RateLimits }),
);
const logger = createLogger({ service: 'query-api', level: env.LOG_LEVEL });
const db = createDatabase<unknown>({ url: env.DATABASE_URL, applicationName: 'query-api', max: 8, prepared: false, logger });
// the projectors' process keeps the checkpoints of all its projections under its own name
const reaches = (name: string) => createPositionWait({ db, schema: 'projectors', name });

await runService({
  name: 'query-api',
  logger,
  app: createApp({
    catalog: db.withTables<CatalogTables>(),
    tickets: db.withTables<TicketsTables>(),
    catalogReaches: reaches('catalog'),
    ticketsReach: reaches('tickets'),
    bookingLogs: db.withTables<BookingLogTables>(),
    bookingLogReaches: reaches('booking_log'),
    authenticator: createAuthenticator({ jwksUrl: env.AUTH_JWKS_URL }),
    limits: createRateLimits({ profile: env.RATE_LIMITS, scope: 'query-api' }),
    logger,
    metrics: createMetrics('query-api'),
    now: Date.now,
  }),
  host: env.HOST,
  port: env.PORT,
  onStop: () => db.destroy(),
  parentPid: env.TIKETI_PARENT_PID,
});
