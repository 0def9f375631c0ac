import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import { createDatabase, runMigrations } from '@tiketi/shared-kernel/service/database.js';
import { recordingLogger } from '@tiketi/shared-kernel/service/testing/recording-logger.js';
import type { Kysely } from 'kysely';
import type { ProviderCall } from './provider.js';
import { createProviderCallTable, createProviderLog, type ProviderCallTables } from './provider-calls.js';

let server: TestDatabase;
let db: Kysely<ProviderCallTables>;

beforeAll(async () => {
  server = await testDatabase();
  db = createDatabase<ProviderCallTables>({ url: server.url, schema: 'payment', applicationName: 'test', max: 2 });
  await runMigrations(db, 'payment', { '0001-calls': createProviderCallTable });
}, 60_000);
afterAll(async () => {
  await db.destroy();
  await server.close();
});

const call = (n: number, more: Partial<ProviderCall> = {}): ProviderCall => ({
  provider: 'toss',
  operation: 'confirm',
  endpoint: 'POST /v1/payments/confirm',
  request: { orderId: `order-${n}`, amount: n, note: '"한글", {a,b} \\ null' },
  response: { status: 'DONE', receipt: null },
  status: 200,
  errorCode: null,
  error: null,
  durationMs: 12.5,
  ...more,
});

it('keeps every call to the provider, with what was missing as missing', async () => {
  const log = createProviderLog(db, recordingLogger().logger);
  const lost = { response: null, status: null, error: 'no answer within 60000 ms', operation: 'lookup' } as const;
  const calls = [
    call(0),
    call(1, lost),
    ...Array.from({ length: 700 }, (_, n) => call(n + 2)),
    call(702, { errorCode: 'REJECT' }),
  ];
  for (const one of calls) log.record(one);
  await log.flush();
  const rows = await db.selectFrom('provider_calls').selectAll().execute();
  const told = rows.map((row) => ({
    ...{ provider: row.provider, operation: row.action, endpoint: row.endpoint, request: row.request, response: row.response },
    ...{ status: row.response_status, errorCode: row.error_code, error: row.error_message, durationMs: row.duration_ms },
  }));
  expect(told).toHaveLength(calls.length);
  expect(told).toEqual(expect.arrayContaining([calls[0], calls[1], calls[2], calls.at(-1)]));
}, 20_000);
