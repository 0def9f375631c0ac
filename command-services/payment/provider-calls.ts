import { createGatheredWrites } from '@tiketi/shared-kernel/event-sourcing/gathered-writes.js';
import type { Logger } from '@tiketi/shared-kernel/service/logger.js';
import { type Kysely, type Migration, sql } from 'kysely';
import type { ProviderCall } from './provider.js';

type Row = {
  provider: string;
  action: string;
  endpoint: string;
  request: string;
  response: string | null;
  response_status: number | null;
  error_code: string | null;
  error_message: string | null;
  duration_ms: number;
};
export type ProviderCallTables = { provider_calls: Row };

export const createProviderCallTable: Migration = {
  up: async (db) => {
    await sql`
        create table provider_calls (
          id bigint generated always as identity primary key,
          called_at timestamptz not null default clock_timestamp(),
          provider text not null,
          action text not null,
          endpoint text not null,
          request jsonb not null,
          response jsonb,
          response_status int,
          error_code text,
          error_message text,
          duration_ms double precision not null
        )`.execute(db);
  },
};

const LONGEST_QUEUE = 10_000;
/** What a killed process loses of its log at most, beside the calls under way. */
const GATHER_MS = 100;

/** One statement of nine values however many rows: building one with nine a row costs more than the calls themselves. */
const insert = async (db: Kysely<ProviderCallTables>, rows: readonly Row[]): Promise<void> => {
  const column = <K extends keyof Row>(name: K): Row[K][] => rows.map((row) => row[name]);
  await sql`
    insert into provider_calls
      (provider, action, endpoint, request, response, response_status, error_code, error_message, duration_ms)
    select * from unnest(
      ${column('provider')}::text[], ${column('action')}::text[], ${column('endpoint')}::text[], ${column('request')}::jsonb[],
      ${column('response')}::jsonb[], ${column('response_status')}::int[], ${column('error_code')}::text[],
      ${column('error_message')}::text[], ${column('duration_ms')}::float8[])`.execute(db);
};

/** Logs every call to the provider (R-PAY), already redacted, a batch at a time and off the path of the payment. */
export const createProviderLog = (db: Kysely<ProviderCallTables>, logger: Logger) => {
  const writes = createGatheredWrites<Row>({
    write: (rows) => insert(db, rows),
    everyMs: GATHER_MS,
    onFailed: (error, calls) => logger.error({ err: error, calls }, 'provider calls could not be logged'),
  });

  return {
    record: (call: ProviderCall): void => {
      if (writes.waiting() >= LONGEST_QUEUE) {
        writes.dropOldest(LONGEST_QUEUE / 2);
        logger.error({ alarm: 'provider-log-overflow' }, 'older provider calls were dropped from the log');
      }
      writes
        .add({
          provider: call.provider,
          action: call.operation,
          endpoint: call.endpoint,
          request: JSON.stringify(call.request),
          response: call.response === null ? null : JSON.stringify(call.response),
          response_status: call.status,
          error_code: call.errorCode,
          error_message: call.error,
          duration_ms: call.durationMs,
        })
        .catch(() => undefined);
    },
    flush: writes.flush,
  };
};
