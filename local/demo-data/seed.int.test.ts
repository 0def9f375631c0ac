import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createApp as createCatalog } from '@tiketi/catalog/app.js';
import type { BookingLogTables } from '@tiketi/projectors/booking-log/schema.js';
import { catalogProjection } from '@tiketi/projectors/catalog/projection.js';
import type { CatalogTables } from '@tiketi/projectors/catalog/schema.js';
import { CONSUMERS_SCHEMA, migrate } from '@tiketi/projectors/migrate.js';
import { ticketsProjection } from '@tiketi/projectors/tickets/projection.js';
import type { TicketsTables } from '@tiketi/projectors/tickets/schema.js';
import { createApp as createQueryApi } from '@tiketi/query-api/app.js';
import { ShowList } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { createPositionWait } from '@tiketi/shared-kernel/event-sourcing/consumers/position-wait.js';
import { type RunningConsumers, startConsumers } from '@tiketi/shared-kernel/event-sourcing/consumers/runtime.js';
import { createModelStore } from '@tiketi/shared-kernel/event-sourcing/testing/model-store.js';
import { createAuthenticator } from '@tiketi/shared-kernel/service/authenticate.js';
import { createDatabase } from '@tiketi/shared-kernel/service/database.js';
import { createMetrics } from '@tiketi/shared-kernel/service/metrics.js';
import { createRateLimits } from '@tiketi/shared-kernel/service/rate-limit.js';
import { recordingLogger } from '@tiketi/shared-kernel/service/testing/recording-logger.js';
import { type Served, serve } from '@tiketi/shared-kernel/service/testing/serve.js';
import { testIssuer } from '@tiketi/shared-kernel/service/testing/test-issuer.js';
import { type TestDatabase, testDatabase } from '../parts/test-postgres.js';
import { seedDemoData } from './seed.js';

const issuer = testIssuer();
const { logger } = recordingLogger();
const store = createModelStore();
const authenticator = createAuthenticator({ keys: issuer.keys });
const adminId = UserId.parse(randomUUID());
const FIRST_START = Date.now();

let server: TestDatabase;
let db: ReturnType<typeof createDatabase<unknown>>;
let projectors: RunningConsumers;
let edge: Served;
/** Commands the edge still lets through; the next one after them is dropped. */
let budget = Number.POSITIVE_INFINITY;

const signIn: RequestListener = (_req, res) => {
  const account = { name: 'Admin', phone: null, roles: ['admin'], provider: 'LOCAL', createdAt: new Date().toISOString() };
  const user = { id: adminId, email: 'admin@example.com', ...account };
  const body = { user, accessToken: issuer.token('admin', adminId), expiresIn: 900, refreshToken: 'r' };
  res.setHeader('content-type', 'application/json').end(JSON.stringify(body));
};

beforeAll(async () => {
  server = await testDatabase();
  db = createDatabase<unknown>({ url: server.url, applicationName: 'test', max: 8 });
  await migrate(db);
  const consumers = [catalogProjection('catalog'), ticketsProjection('tickets')];
  projectors = startConsumers({ store, db, schema: CONSUMERS_SCHEMA, consumers, logger });
  const catalog = createCatalog({ store, authenticator, logger, metrics: createMetrics('catalog'), now: Date.now });
  const queryApi = createQueryApi({
    catalog: db.withTables<CatalogTables>(),
    tickets: db.withTables<TicketsTables>(),
    catalogReaches: createPositionWait({ db, schema: CONSUMERS_SCHEMA, name: 'catalog' }),
    ticketsReach: createPositionWait({ db, schema: CONSUMERS_SCHEMA, name: 'tickets' }),
    bookingLogs: db.withTables<BookingLogTables>(),
    bookingLogReaches: createPositionWait({ db, schema: CONSUMERS_SCHEMA, name: 'booking_log' }),
    authenticator,
    limits: createRateLimits({ profile: { name: 'off', perMinute: 'off' }, scope: 'test' }),
    logger,
    metrics: createMetrics('query-api'),
    now: Date.now,
  });
  edge = await serve((req, res) => {
    if (req.url === '/api/auth/login') return signIn(req, res);
    if (req.method === 'GET') return queryApi(req, res);
    budget -= 1;
    if (budget < 0) return res.writeHead(400).end('{}');
    return catalog(req, res);
  });
}, 60_000);

afterAll(async () => {
  await edge?.close();
  await projectors?.stop();
  await db?.destroy();
  await server?.close();
});

const seed = (now: number) => seedDemoData({ edgeUrl: edge.url, email: 'admin@example.com', password: 'x', now });
const domainEvents = () => store.log.events.filter(({ stream }) => /^(show|layout)-/.test(stream));

describe('the demo data', () => {
  it('is finished by a later start where the first was interrupted, and is never made twice', async () => {
    // the second run starts before any cache or projection can have noticed the first one's show
    for (const commands of [5, 9]) {
      budget = commands;
      await expect(seed(FIRST_START + commands)).rejects.toThrow('answered 400');
    }
    budget = Number.POSITIVE_INFINITY;
    const seeded = await seed(FIRST_START + 86_400_000);
    const whole = domainEvents().length;
    expect(whole).toBe(5 + seeded.shows + seeded.performances);
    expect(await seed(FIRST_START + 2 * 86_400_000)).toEqual(seeded);
    expect(domainEvents().length).toBe(whole);
  }, 30_000);

  it('is listed: open shows of every size and one that opens later', async () => {
    const { items } = ShowList.parse(await (await fetch(`${edge.url}/api/events`)).json());
    expect(items.map(({ status }) => status).sort()).toEqual([...Array(6).fill('on_sale'), 'upcoming']);
    const sizes = new Set(items.flatMap(({ performances }) => performances.map(({ totalSeats }) => totalSeats)));
    expect([...sizes].sort((a, b) => a - b)).toEqual([265, 1250, 3400, 4900, 15_000]);
    for (const { performances } of items) for (const p of performances) expect(p.availableSeats).toBe(p.totalSeats);
  });
});
