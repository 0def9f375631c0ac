import { createAlarm } from '@tiketi/shared-kernel/event-sourcing/consumers/alarm.js';
import { startEffectWorker } from '@tiketi/shared-kernel/event-sourcing/consumers/effect-worker.js';
import { createParkedWork } from '@tiketi/shared-kernel/event-sourcing/consumers/parked-work.js';
import { createPositionWait } from '@tiketi/shared-kernel/event-sourcing/consumers/position-wait.js';
import { startConsumers } from '@tiketi/shared-kernel/event-sourcing/consumers/runtime.js';
import { migrateConsumerTables } from '@tiketi/shared-kernel/event-sourcing/consumers/tables.js';
import { canRead } from '@tiketi/shared-kernel/event-sourcing/event-store/can-read.js';
import { connectEventStore } from '@tiketi/shared-kernel/event-sourcing/event-store/eventstoredb.js';
import { createAuthenticator } from '@tiketi/shared-kernel/service/authenticate.js';
import { readConfig } from '@tiketi/shared-kernel/service/config.js';
import { createDatabase, runMigrations } from '@tiketi/shared-kernel/service/database.js';
import { redisIdempotencyRecords } from '@tiketi/shared-kernel/service/idempotency-redis.js';
import { createIdempotentRequests } from '@tiketi/shared-kernel/service/idempotent-requests.js';
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
import { createCharging } from './charging.js';
import { PaymentConfig } from './config.js';
import { migrations, type PaymentDatabase, SCHEMA } from './database.js';
import { createOrders } from './orders.js';
import { createPayments } from './payments.js';
import { POINT_CHARGES } from './point-charge/process/consumer.js';
import { chargeLeaseMs } from './point-charge/process/handlers.js';
import { createPointParts } from './point-parts.js';
import { pointsLedger } from './points/ledger/consumer.js';
import { createProviderLog } from './provider-calls.js';
import { createReconciliationParts } from './reconciliation/parts.js';
import { scheduleReconciliation } from './reconciliation/schedule.js';
import { createPaymentRecords } from './records/my-payments.js';
import { createFindOwnOrder } from './records/own-order.js';
import { paymentRecords } from './records/projection.js';
import { createRefunds } from './refunds.js';
import { createReservationSteps } from './reservations.js';
import { createSettlement } from './settle.js';
import { tossPayments } from './toss/toss-payments.js';
import { forgetAccounts } from './virtual-accounts/forget-accounts.js';
import { createVirtualAccounts } from './virtual-accounts/virtual-accounts.js';
import { createWebhookSecrets, rememberingSecrets } from './webhooks/secrets.js';
import { createVerifier } from './webhooks/verify.js';
import { createWebhooks, HEAR_PAYMENT, type Hear } from './webhooks/webhooks.js';

const config = readConfig(PaymentConfig);
const clock = Date.now;
const logger = createLogger({ service: 'payment', level: config.LOG_LEVEL });
const metrics = createMetrics('payment');
const db = createDatabase<PaymentDatabase>({
  url: config.DATABASE_URL,
  schema: SCHEMA,
  applicationName: 'tiketi-payment',
  logger,
});
await runMigrations(db, SCHEMA, migrations);
await migrateConsumerTables(db, SCHEMA);
await retryParked(db, SCHEMA, logger);

const store = connectEventStore({ url: config.EVENTSTORE_URL, connectionName: 'payment', logger });
const redis = config.REDIS_URL === undefined ? undefined : connectRedis(config.REDIS_URL, logger);
const reservationTimeoutMs = 8000;
const client = createServiceClient({
  ...{ baseUrl: config.RESERVATION_URL, token: config.SERVICE_TOKEN, timeoutMs: reservationTimeoutMs },
  // a step that takes all its time keeps its lot open that long, and fifty lots a second may begin
  connections: 512,
});
const providerLog = createProviderLog(db, logger);
const secrets = createWebhookSecrets({ db, secret: config.PAYMENT_KEY_SECRET, logger });
const toss = tossPayments({
  baseUrl: config.TOSS_BASE_URL,
  secretKey: config.TOSS_SECRET_KEY,
  timeoutMs: config.PROVIDER_TIMEOUT_MS,
  onCall: providerLog.record,
  onAlarm: (alarm) => logger.error({ alarm: 'payment-provider', ...alarm }, 'the payment provider needs a look'),
});

const provider = rememberingSecrets(toss, secrets.remember);
const orders = createOrders({ store, clock });
const reservations = createReservationSteps(client, { timeoutMs: reservationTimeoutMs });
const charging = createCharging({ provider, clock, logger });
const accounts = createVirtualAccounts({ db, secret: config.PAYMENT_KEY_SECRET });
const clientKey = config.TOSS_CLIENT_KEY;
const checkoutUrl = config.TOSS_CHECKOUT_URL;
const providerTimeoutMs = config.PROVIDER_TIMEOUT_MS;
const buying = createPointParts({
  ...{ store, db, schema: SCHEMA, provider, charging, clock, logger, clientKey, checkoutUrl, providerTimeoutMs },
  timing: {
    resolveAfterMs: config.RESOLVE_AFTER_MS,
    graceMs: config.PROCESS_GRACE_MS,
    askAgainMs: config.ASK_AGAIN_MS,
  },
  onWanted: (dueAt) => alarm.set(dueAt),
});
const { pointCharges } = buying;
const points = buying.steps;
const refunds = createRefunds({ orders, charging, points, accounts, reservations, logger });
const settlement = createSettlement({
  ...{ orders, provider, charging, refunds, points, accounts, reservations, clock, logger, providerTimeoutMs },
});
const payments = createPayments({
  ...{ orders, reservations, settlement, refunds, points, accounts, provider, clientKey, checkoutUrl, logger },
});

const records = createPaymentRecords(db);
const findOrder = createFindOwnOrder(store);
const hear: Hear = (orderId, asking) =>
  pointCharges.owns(orderId) ? pointCharges.hear(orderId, asking) : settlement.hear(orderId, asking);
const webhooks = createWebhooks({
  db,
  schema: SCHEMA,
  verify: createVerifier({ secrets, provider, patienceMs: 8000 }),
  findOrder,
  remembered: orders.remembered,
  isRecentSecret: secrets.isRecent,
  settled: payments.settled,
  hear,
  wake: (dueAt) => worker.wake(dueAt),
  clock,
  logger,
});
const worker = startEffectWorker({
  db,
  schema: SCHEMA,
  handlers: { ...buying.effectHandlers, [HEAR_PAYMENT]: webhooks.workOff },
  logger,
  // hearing is asking the provider, as resolving a charge is
  leaseMs: (kind) => chargeLeaseMs(providerTimeoutMs)(kind === HEAR_PAYMENT ? 'resolve-charge' : kind),
});
const alarm = createAlarm((dueAt) => worker.wake(dueAt));
const processes = [paymentRecords, ...buying.consumers];
const consumers = startConsumers({
  store,
  db,
  schema: SCHEMA,
  consumers: processes,
  // the bulk of the log in a sale, and none of a payment's business
  skippedStreams: ['inventory'],
  logger,
  observe: (observation) => {
    if (observation.kind === 'applied' && observation.consumer === POINT_CHARGES) alarm.ring();
  },
});
watchProcess(metrics, db, SCHEMA, consumers);

const { reconciliation, reports } = createReconciliationParts({
  ...{ db, store, provider, findOrder, hear, refunds, charging, points, reservations, clock, logger },
  ...{ ledger: buying.ledger, credit: buying.credit },
  periodMs: config.RECONCILE_PERIOD_MS,
  graceMs: config.RECONCILE_GRACE_MS,
});
const stopReconciling = scheduleReconciliation({
  ...{ reconciliation, reports, logger },
  everyMs: config.RECONCILE_EVERY_MS,
  tidy: async () => {
    await webhooks.forget();
    await forgetAccounts(db, config.KEEP_ACCOUNTS_DAYS);
  },
});

const idempotent = createIdempotentRequests({
  records: redis === undefined ? undefined : redisIdempotencyRecords(redis, { leaseMs: config.IDEMPOTENCY_LEASE_MS }),
  renewMs: config.IDEMPOTENCY_LEASE_MS / 3,
  metrics,
});
const limits = createRateLimits({ profile: config.RATE_LIMITS, redis, scope: 'payment' });
logger.info({ rateLimits: config.RATE_LIMITS.name }, 'payment is set up');

const app = createApp({
  payments,
  pointCharges,
  pointsAccounts: buying.pointsAccounts,
  pointsHistory: buying.pointsHistory,
  records,
  waitForRecords: createPositionWait({ db, schema: SCHEMA, name: 'payments' }),
  orderByPaymentKey: async (paymentKey) => (await records.orderByPaymentKey(paymentKey))?.orderId,
  webhooks,
  reconciliation,
  reports,
  orders,
  settlement,
  refunds,
  points,
  parked: createParkedWork({ db, schema: SCHEMA, consumers: processes, worker }),
  authenticator: createAuthenticator({ jwksUrl: config.AUTH_JWKS_URL }),
  idempotent,
  limit: limits.limit('command'),
  limitReads: limits.limit('read'),
  limitWebhooks: limits.limit('webhook'),
  serviceToken: config.SERVICE_TOKEN,
  logger,
  metrics,
  trustedHops: config.TRUSTED_PROXY_HOPS,
  ready: () =>
    checkReadiness({
      postgres: () => sql`select 1`.execute(db),
      eventStore: () => canRead(store),
      // a stopped ledger is an alarm, and no reason to sell nothing: balances come from the streams
      consumers: async () => consumers.status().every(({ name, state }) => state !== 'stopped' || name === pointsLedger.name),
    }),
});

await runService({
  name: 'payment',
  logger,
  app,
  host: config.HOST,
  port: config.PORT,
  parentPid: config.TIKETI_PARENT_PID,
  onStop: async () => {
    stopReconciling();
    await reconciliation.idle();
    await payments.idle();
    await pointCharges.idle();
    await consumers.stop();
    await worker.stop();
    await toss.close();
    await secrets.flush();
    await providerLog.flush();
    await client.close();
    await store.close();
    redis?.disconnect();
    await db.destroy();
  },
});
