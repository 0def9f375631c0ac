import { canRead } from '@tiketi/shared-kernel/event-sourcing/event-store/can-read.js';
import { connectEventStore } from '@tiketi/shared-kernel/event-sourcing/event-store/eventstoredb.js';
import { createAuthenticator } from '@tiketi/shared-kernel/service/authenticate.js';
import { readConfig } from '@tiketi/shared-kernel/service/config.js';
import { createDatabase, runMigrations } from '@tiketi/shared-kernel/service/database.js';
import { createLogger } from '@tiketi/shared-kernel/service/logger.js';
import { createMetrics } from '@tiketi/shared-kernel/service/metrics.js';
import { createRateLimits } from '@tiketi/shared-kernel/service/rate-limit.js';
import { checkReadiness } from '@tiketi/shared-kernel/service/readiness.js';
import { connectRedis } from '@tiketi/shared-kernel/service/redis.js';
import { runService } from '@tiketi/shared-kernel/service/run-service.js';
import { createServiceClient } from '@tiketi/shared-kernel/service/service-client.js';
import { sql } from 'kysely';
import { createApp } from './app.js';
import { PaymentConfig } from './config.js';
import { createOrders } from './orders.js';
import { createPayments } from './payments.js';
import { createProviderLog, migrations, type PaymentDatabase, SCHEMA } from './provider-calls.js';
import { createReservationSteps } from './reservations.js';
import { createSettlement } from './settle.js';
import { tossPayments } from './toss/toss-payments.js';

const config = readConfig(PaymentConfig);
const clock = Date.now;
const logger = createLogger({ service: 'payment', level: config.LOG_LEVEL });
const db = createDatabase<PaymentDatabase>({
  url: config.DATABASE_URL,
  schema: SCHEMA,
  applicationName: 'tiketi-payment',
  logger,
});
await runMigrations(db, SCHEMA, migrations);

const store = connectEventStore({ url: config.EVENTSTORE_URL, connectionName: 'payment', logger });
const redis = config.REDIS_URL === undefined ? undefined : connectRedis(config.REDIS_URL, logger);
const client = createServiceClient({ baseUrl: config.RESERVATION_URL, token: config.SERVICE_TOKEN, timeoutMs: 8000 });
const providerLog = createProviderLog(db, logger);
const provider = tossPayments({
  baseUrl: config.TOSS_BASE_URL,
  secretKey: config.TOSS_SECRET_KEY,
  timeoutMs: config.PROVIDER_TIMEOUT_MS,
  onCall: providerLog.record,
  onAlarm: (alarm) => logger.error({ alarm: 'payment-provider', ...alarm }, 'the payment provider needs a look'),
});

const orders = createOrders({ store, clock });
const reservations = createReservationSteps(client);
const settlement = createSettlement({
  orders,
  provider,
  reservations,
  clock,
  logger,
  providerTimeoutMs: config.PROVIDER_TIMEOUT_MS,
});
const payments = createPayments({
  orders,
  reservations,
  settlement,
  provider,
  clientKey: config.TOSS_CLIENT_KEY,
  checkoutUrl: config.TOSS_CHECKOUT_URL,
  logger,
});
const limits = createRateLimits({ profile: config.RATE_LIMITS, redis, scope: 'payment' });
logger.info({ rateLimits: config.RATE_LIMITS.name }, 'payment is set up');

const app = createApp({
  payments,
  orders,
  settlement,
  authenticator: createAuthenticator({ jwksUrl: config.AUTH_JWKS_URL }),
  limit: limits.limit('command'),
  limitReads: limits.limit('read'),
  serviceToken: config.SERVICE_TOKEN,
  logger,
  metrics: createMetrics('payment'),
  trustedHops: config.TRUSTED_PROXY_HOPS,
  ready: () => checkReadiness({ postgres: () => sql`select 1`.execute(db), eventStore: () => canRead(store) }),
});

await runService({
  name: 'payment',
  logger,
  app,
  host: config.HOST,
  port: config.PORT,
  parentPid: config.TIKETI_PARENT_PID,
  onStop: async () => {
    await payments.idle();
    await provider.close();
    await providerLog.flush();
    await client.close();
    await store.close();
    redis?.disconnect();
    await db.destroy();
  },
});
