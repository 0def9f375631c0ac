import { connectEventStore } from '@tiketi/shared-kernel/event-sourcing/event-store/eventstoredb.js';
import { createAuthenticator } from '@tiketi/shared-kernel/service/authenticate.js';
import { readConfig } from '@tiketi/shared-kernel/service/config.js';
import { createDatabase, runMigrations } from '@tiketi/shared-kernel/service/database.js';
import { createLogger } from '@tiketi/shared-kernel/service/logger.js';
import { createMetrics } from '@tiketi/shared-kernel/service/metrics.js';
import { createRateLimits } from '@tiketi/shared-kernel/service/rate-limit.js';
import { connectRedis } from '@tiketi/shared-kernel/service/redis.js';
import { runService } from '@tiketi/shared-kernel/service/run-service.js';
import { deriveKey } from '@tiketi/shared-kernel/service/seal.js';
import { createPasswords } from './accounts/passwords.js';
import { createApp } from './app.js';
import { bootstrapStaff } from './bootstrap.js';
import { AuthConfig, staffOf } from './config.js';
import { keySetOf } from './keys/key-set-of.js';
import { loadSigningKeys } from './keys/signing-keys.js';
import { migrations, SCHEMA } from './migrations.js';
import { measureOutbox } from './outbox/metrics.js';
import { startOutboxPublisher } from './outbox/publisher.js';

import { startHousekeeping } from './sessions/housekeeping.js';
import type { AuthDatabase } from './tables.js';

const config = readConfig(AuthConfig);
const clock = Date.now;
const logger = createLogger({ service: 'auth', level: config.LOG_LEVEL });
const db = createDatabase<AuthDatabase>({ url: config.DATABASE_URL, schema: SCHEMA, applicationName: 'tiketi-auth', logger });
await runMigrations(db, SCHEMA, migrations);

const keys = await loadSigningKeys({ db, secret: config.AUTH_KEY_SECRET, pem: config.AUTH_SIGNING_KEY, now: clock() });
const passwords = createPasswords();
await bootstrapStaff(db, passwords, staffOf(config), clock);

const store = connectEventStore({ url: config.EVENTSTORE_URL, connectionName: 'auth' });
const publisher = startOutboxPublisher({ db, store, logger });
const housekeeping = startHousekeeping(db, logger);
const redis = config.REDIS_URL === undefined ? undefined : connectRedis(config.REDIS_URL, logger);
const limits = createRateLimits({ profile: config.RATE_LIMITS, redis, scope: 'auth' });
logger.info({ rateLimits: config.RATE_LIMITS.name, kid: keys.current.kid }, 'auth is set up');

const metrics = createMetrics('auth');
measureOutbox(metrics, db);

const app = createApp({
  db,
  passwords,
  keys,
  refreshKey: deriveKey(config.AUTH_KEY_SECRET, 'tiketi-auth', 'refresh tokens'),
  authenticator: createAuthenticator({ keys: keySetOf(keys) }),
  limits,
  logger,
  clock,
  eventsWaiting: publisher.wake,
  metrics,
  trustedHops: config.TRUSTED_PROXY_HOPS,
});

await runService({
  name: 'auth',
  logger,
  app,
  host: config.HOST,
  port: config.PORT,
  parentPid: config.TIKETI_PARENT_PID,
  onStop: async () => {
    housekeeping.stop();
    await publisher.stop();
    await store.close();
    redis?.disconnect();
    await db.destroy();
  },
});
