import type { CatalogTables } from '@tiketi/projectors/catalog/schema.js';
import type { TicketsTables } from '@tiketi/projectors/tickets/schema.js';
import { ProblemError } from '@tiketi/shared-kernel/service/problem.js';
import type { Kysely } from 'kysely';

/** The read models as their projectors keep them; this room only reads. */
export type Catalog = Kysely<CatalogTables>;
export type Tickets = Kysely<TicketsTables>;

/** Connection, resource and shutdown faults of Postgres, and read models that are not there yet. */
const UNAVAILABLE = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|08|53|57|42P01$|3F000$)/;

const isUnavailable = (error: unknown): boolean => {
  if (typeof error !== 'object' || error === null) return false;
  if ('code' in error && typeof error.code === 'string') return UNAVAILABLE.test(error.code);
  const message = 'message' in error ? String(error.message) : '';
  return /^(timeout exceeded when trying to connect|Connection terminated)/.test(message);
};

/** 503 READ_MODEL_UNAVAILABLE where the database cannot answer; other errors stay what they are. */
export const readModelProblem = (error: unknown): unknown =>
  isUnavailable(error) ? new ProblemError(503, 'READ_MODEL_UNAVAILABLE', { headers: { 'retry-after': '1' } }) : error;
