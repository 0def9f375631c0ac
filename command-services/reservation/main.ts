import { inventoryEvents } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import { createCodec } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import { createAlarm } from '@tiketi/shared-kernel/event-sourcing/consumers/alarm.js';
import { startEffectWorker } from '@tiketi/shared-kernel/event-sourcing/consumers/effect-worker.js';
import { createParkedWork } from '@tiketi/shared-kernel/event-sourcing/consumers/parked-work.js';
import { createPositionWait } from '@tiketi/shared-kernel/event-sourcing/consumers/position-wait.js';
import { startConsumers } from '@tiketi/shared-kernel/event-sourcing/consumers/runtime.js';
import { migrateConsumerTables } from '@tiketi/shared-kernel/event-sourcing/consumers/tables.js';
import { canRead } from '@tiketi/shared-kernel/event-sourcing/event-store/can-read.js';
import { connectEventStore } from '@tiketi/shared-kernel/event-sourcing/event-store/eventstoredb.js';
import { createSerialWriters } from '@tiketi/shared-kernel/event-sourcing/serial-writer/serial-writers.js';
import { createAuthenticator } from '@tiketi/shared-kernel/service/authenticate.js';
import { readConfig } from '@tiketi/shared-kernel/service/config.js';
import { createDatabase, runMigrations } from '@tiketi/shared-kernel/service/database.js';
import { redisIdempotencyRecords } from '@tiketi/shared-kernel/service/idempotency-redis.js';
import { createIdempotentRequests } from '@tiketi/shared-kernel/service/idempotent-requests.js';
import { createKeySet } from '@tiketi/shared-kernel/service/key-set.js';
import { createLogger } from '@tiketi/shared-kernel/service/logger.js';
import { createMetrics } from '@tiketi/shared-kernel/service/metrics.js';
import { createRateLimits } from '@tiketi/shared-kernel/service/rate-limit.js';
import { checkReadiness } from '@tiketi/shared-kernel/service/readiness.js';
import { connectRedis } from '@tiketi/shared-kernel/service/redis.js';
import { runService } from '@tiketi/shared-kernel/service/run-service.js';
import { createServiceClient } from '@tiketi/shared-kernel/service/service-client.js';
import { retryParked, watchProcess } from '@tiketi/shared-kernel/service/watch-process.js';
import { sql } from 'kysely';
import { createApp } from './app.js';
import { bookingConsumer, SCHEMA, showConsumer } from './booking-process/consumers.js';
import { effectHandlers, isPaymentOutage, leaseOf } from './booking-process/handlers.js';
import { createBookings } from './bookings.js';
import { ReservationConfig } from './config.js';
import { migrations, type ReservationDatabase } from './database.js';
import { createCheckEntry } from './entry/check-entry.js';
import { createInventories } from './inventory/inventories.js';
import { inventory } from './inventory/inventory.js';
import { createForward, isBusy } from './owners/forward.js';
import { createMembership } from './owners/membership.js';
import { reachableAt } from './owners/reachable-at.js';
import { createRoutedInventories } from './owners/routed-inventories.js';
import { createCancellations } from './reservation/cancellations.js';
import { createReservations } from './reservation/reservations.js';
import { createReserve } from './reserve.js';
import { createCancellationTerms } from './shows.js';
import { dropOldSnapshots, inventorySnapshots } from './snapshots/inventory-snapshots.js';
import { watchRouting, watchWriters } from './watch.js';

const config = readConfig(ReservationConfig);
const clock = Date.now;
const logger = createLogger({ service: 'reservation', level: config.LOG_LEVEL });
const metrics = createMetrics('reservation');
const db = createDatabase<ReservationDatabase>({
  url: config.DATABASE_URL,
  schema: SCHEMA,
  applicationName: 'tiketi-reservation',
  rebuildable: true,
  logger,
});
await runMigrations(db, SCHEMA, migrations);
await migrateConsumerTables(db, SCHEMA);
await dropOldSnapshots(db);
await retryParked(db, SCHEMA, logger);

const store = connectEventStore({ url: config.EVENTSTORE_URL, connectionName: 'reservation', logger });
const redis = config.REDIS_URL === undefined ? undefined : connectRedis(config.REDIS_URL, logger);
const waitForBooking = createPositionWait({ db, schema: SCHEMA, name: 'booking' });
const bookings = createBookings({
  db,
  store,
  waitUntilRead: async (commit, timeoutMs) => (await waitForBooking(commit, timeoutMs)) === 'reached',
});
const writers = createSerialWriters({
  store,
  codec: createCodec(inventoryEvents),
  aggregate: inventory,
  snapshot: inventorySnapshots(db),
  observe: watchWriters(metrics, logger),
});
const ownInventories = createInventories(writers);
const replicas = createMembership({ db, logger });
const forward = createForward({ token: config.SERVICE_TOKEN, timeoutMs: config.OWNER_TIMEOUT_MS });
const inventories = createRoutedInventories({
  ...{ own: ownInventories, owners: replicas, forward },
  observe: watchRouting(metrics, replicas),
});
const reservations = createReservations({ store, bookings, clock });
const payments = createServiceClient({ baseUrl: config.PAYMENT_URL, token: config.SERVICE_TOKEN, timeoutMs: 10_000 });

// a charge is asked for later than the provider may take over it, so an answer takes no longer than that and a little
const paymentTimeoutMs = config.RESOLVE_AFTER_MS + 5000;
const worker = startEffectWorker({
  db,
  schema: SCHEMA,
  // an effect mostly waits for the store: so many keep a burst of ending holds within its time (docs/performance.md)
  concurrency: 64,
  handlers: effectHandlers({
    inventories,
    reservations,
    bookings,
    payments,
    clock,
    askAgainMs: config.ASK_AGAIN_MS,
    paymentTimeoutMs,
  }),
  logger,
  leaseMs: leaseOf(paymentTimeoutMs),
  isOutage: (error) => isPaymentOutage(error) || isBusy(error),
});
const alarm = createAlarm(worker.wake);
const processes = [
  bookingConsumer({ resolveAfterMs: config.RESOLVE_AFTER_MS, graceMs: config.PROCESS_GRACE_MS }, alarm.set),
  showConsumer,
];
const consumers = startConsumers({
  store,
  db,
  schema: SCHEMA,
  consumers: processes,
  logger,
  observe: (observation) => {
    if (observation.kind !== 'applied') return;
    if (observation.consumer === showConsumer.name) worker.wake();
    else alarm.ring();
  },
});

watchProcess(metrics, db, SCHEMA, consumers);

const idempotent = createIdempotentRequests({
  records: redis === undefined ? undefined : redisIdempotencyRecords(redis, { leaseMs: config.IDEMPOTENCY_LEASE_MS }),
  renewMs: config.IDEMPOTENCY_LEASE_MS / 3,
  metrics,
});
const limits = createRateLimits({ profile: config.RATE_LIMITS, redis, scope: 'reservation' });
logger.info({ rateLimits: config.RATE_LIMITS.name }, 'reservation is set up');

const queueKeys = config.QUEUE_JWKS_URL === undefined ? undefined : createKeySet({ url: config.QUEUE_JWKS_URL });
const app = createApp({
  reserve: createReserve({ inventories, bookings, checkEntry: createCheckEntry({ keys: queueKeys, clock }), clock }),
  inventories,
  ownInventories,
  clock,
  reservations,
  cancellations: createCancellations({ reservations, bookings, terms: createCancellationTerms(db), clock }),
  parked: createParkedWork({ db, schema: SCHEMA, consumers: processes, worker }),
  authenticator: createAuthenticator({ jwksUrl: config.AUTH_JWKS_URL }),
  idempotent,
  limit: limits.limit('command'),
  limitReads: limits.limit('read'),
  serviceToken: config.SERVICE_TOKEN,
  payWithinMs: config.PAY_WITHIN_MS,
  logger,
  metrics,
  trustedHops: config.TRUSTED_PROXY_HOPS,
  ready: () =>
    checkReadiness({
      postgres: () => sql`select 1`.execute(db),
      eventStore: () => canRead(store),
      bookingProcess: async () => consumers.status().every(({ state }) => state !== 'stopped'),
    }),
});

const { port } = await runService({
  name: 'reservation',
  logger,
  app,
  host: config.HOST,
  port: config.PORT,
  parentPid: config.TIKETI_PARENT_PID,
  onStop: async () => {
    await replicas.leave();
    await consumers.stop();
    await worker.stop();
    await writers.close();
    await forward.close();
    await payments.close();
    await store.close();
    redis?.disconnect();
    await db.destroy();
  },
});

const address = reachableAt(config, port);
if (config.OWNER_ROUTING === 'off') logger.info('owner routing is off: commands are decided where they arrive');
else if (address === undefined) logger.warn('no REPLICA_URL: this replica decides what it is asked, and nothing is sent to it');
else {
  // signed off at once: what is still in flight may take a while to finish
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void replicas.leave());
  await replicas.join(address);
}
