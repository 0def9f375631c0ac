import type { Logger } from '@tiketi/shared-kernel/service/logger.js';
import type { Kysely } from 'kysely';
import type { AuthDatabase } from '../tables.js';
import { forgetOldSessions } from './sessions.js';

const HOUR_MS = 3_600_000;

/** Forgets long ended sessions, now and every hour. */
export const startHousekeeping = (db: Kysely<AuthDatabase>, logger: Logger, clock = Date.now): { readonly stop: () => void } => {
  const sweep = (): void => {
    forgetOldSessions(db, clock()).catch((error: unknown) => logger.warn({ err: error }, 'forgetting old sessions failed'));
  };
  const timer = setInterval(sweep, HOUR_MS);
  timer.unref();
  sweep();
  return { stop: () => clearInterval(timer) };
};
