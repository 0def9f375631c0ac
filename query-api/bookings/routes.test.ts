import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHttpApp } from '@tiketi/shared-kernel/service/http-app.js';
import { createMetrics } from '@tiketi/shared-kernel/service/metrics.js';
import { recordingLogger } from '@tiketi/shared-kernel/service/testing/recording-logger.js';
import { type Served, serve } from '@tiketi/shared-kernel/service/testing/serve.js';
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import type { BookingLogs } from './booking-log.js';
import { getBookingLog } from './routes.js';

describe('the log of a booking that is named by its number', () => {
  // answers every query with no rows
  const db: BookingLogs = new Kysely({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (kysely) => new PostgresIntrospector(kysely),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  let served: Served;
  beforeEach(async () => {
    served = await serve(
      createHttpApp({
        service: 'test',
        logger: recordingLogger().logger,
        metrics: createMetrics('test'),
        routes: (router) => router.get('/log/:id', getBookingLog({ db, wait: async () => 'reached' })),
      }),
    );
  });
  afterEach(() => served.close());

  it('is not found, and the id is asked for', async () => {
    const named = await fetch(`${served.url}/log/TK-AAAA-BBBB-CCCC-D`);
    expect(named.status).toBe(404);
    expect(await named.json()).toMatchObject({ code: 'RESERVATION_NOT_FOUND', detail: expect.stringContaining('id') });
    const unknown = await fetch(`${served.url}/log/5f0e0000-0000-4000-8000-000000000001`);
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).not.toHaveProperty('detail');
  });
});
