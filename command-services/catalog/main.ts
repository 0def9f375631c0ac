import { connectEventStore } from '@tiketi/shared-kernel/event-sourcing/event-store/eventstoredb.js';
import { createAuthenticator } from '@tiketi/shared-kernel/service/authenticate.js';
import { readConfig, serviceEnv } from '@tiketi/shared-kernel/service/config.js';
import { createLogger } from '@tiketi/shared-kernel/service/logger.js';
import { createMetrics } from '@tiketi/shared-kernel/service/metrics.js';
import { runService } from '@tiketi/shared-kernel/service/run-service.js';
import { createApp } from './app.js';

const env = readConfig(
  serviceEnv
    .pick({ PORT: true, HOST: true, LOG_LEVEL: true, TIKETI_PARENT_PID: true, EVENTSTORE_URL: true, AUTH_JWKS_URL: true })
    .required({ EVENTSTORE_URL: true, AUTH_JWKS_URL: true }),
);
const logger = createLogger({ service: 'catalog', level: env.LOG_LEVEL });
const store = connectEventStore({ url: env.EVENTSTORE_URL, connectionName: 'catalog', logger });

await runService({
  name: 'catalog',
  logger,
  app: createApp({
    store,
    authenticator: createAuthenticator({ jwksUrl: env.AUTH_JWKS_URL }),
    logger,
    metrics: createMetrics('catalog'),
    now: Date.now,
  }),
  host: env.HOST,
  port: env.PORT,
  onStop: () => store.close(),
  parentPid: env.TIKETI_PARENT_PID,
});
