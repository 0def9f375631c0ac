import type { EventStore } from '@tiketi/shared-kernel/event-sourcing/event-store/port.js';
import type { Logger } from '@tiketi/shared-kernel/service/logger.js';
import type { Kysely } from 'kysely';
import type { AuthDatabase, OutboxRow } from '../tables.js';
import { publishRow } from './publish.js';
import { createWakeable } from './wakeable.js';

export type OutboxPublisher = {
  /** Called after a transaction that recorded events. */
  readonly wake: () => void;
  /** Resolves when nothing more is being sent. What is unsent stays for the next start. */
  readonly stop: () => Promise<void>;
};

const BATCH = 200;
const AT_ONCE = 8;
const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 5000;

type Pass = 'nothing left' | 'more' | 'some failed' | 'all failed';

/** What is to be sent, oldest first; an account with a parked row waits behind it. */
const waitingRows = (db: Kysely<AuthDatabase>): Promise<OutboxRow[]> =>
  db
    .selectFrom('outbox')
    .selectAll()
    .where('published_at', 'is', null)
    .where('user_id', 'not in', (query) => query.selectFrom('outbox').select('user_id').where('parked_reason', 'is not', null))
    .orderBy('sequence')
    .limit(BATCH)
    .execute();

const byUser = (rows: readonly OutboxRow[]): OutboxRow[][] => {
  const groups = new Map<string, OutboxRow[]>();
  for (const row of rows) {
    const group = groups.get(row.user_id);
    if (group === undefined) groups.set(row.user_id, [row]);
    else group.push(row);
  }
  return [...groups.values()].map((group) => group.sort((a, b) => a.version - b.version));
};

export type OutboxPublisherOptions = {
  readonly db: Kysely<AuthDatabase>;
  readonly store: EventStore;
  readonly logger: Logger;
  readonly clock?: () => number;
  /** How often to look for rows a dead replica left behind (ms). */
  readonly sweepMs?: number;
};

/**
 * Sends outbox rows to `user-{id}` in order, account by account. Started at once, so rows of a crashed run go first; every replica may
 * run one, since a row is the same attempt everywhere. A row that can never be stored is parked with its reason, which holds back the
 * account's later ones, and an error is logged.
 */
export const startOutboxPublisher = (o: OutboxPublisherOptions): OutboxPublisher => {
  const clock = o.clock ?? Date.now;
  const pause = createWakeable();
  let stopped = false;

  const settle = async (row: OutboxRow): Promise<boolean> => {
    const result = await publishRow(o.store, row);
    const mine = o.db.updateTable('outbox').where('event_id', '=', row.event_id);
    if (result.kind === 'published') {
      await mine.set({ published_at: new Date(clock()) }).execute();
      return true;
    }
    const fields = { eventId: row.event_id, userId: row.user_id, version: row.version, reason: result.reason };
    if (result.kind === 'later') o.logger.warn(fields, 'event not published yet');
    else o.logger.error(fields, 'event parked, it cannot be published');
    if (result.kind === 'impossible') await mine.set({ parked_reason: result.reason }).execute();
    return false;
  };

  /** One account's rows in order; the first that fails holds back those behind it. Returns how many were sent. */
  const settleGroup = async (rows: readonly OutboxRow[]): Promise<number> => {
    let sent = 0;
    while (!stopped) {
      const row = rows[sent];
      if (row === undefined || !(await settle(row))) break;
      sent += 1;
    }
    return sent;
  };

  const pass = async (): Promise<Pass> => {
    const rows = await waitingRows(o.db);
    const groups = byUser(rows);
    let sent = 0;
    for (let i = 0; i < groups.length && !stopped; i += AT_ONCE) {
      const counts = await Promise.all(groups.slice(i, i + AT_ONCE).map(settleGroup));
      sent += counts.reduce((sum, count) => sum + count, 0);
    }
    if (rows.length > sent) return sent > 0 ? 'some failed' : 'all failed';
    return rows.length < BATCH ? 'nothing left' : 'more';
  };

  const run = async (): Promise<void> => {
    let backoff = FIRST_BACKOFF_MS;
    while (!stopped) {
      const outcome = await pass().catch((error: unknown): Pass => {
        o.logger.error({ err: error }, 'outbox pass failed');
        return 'all failed';
      });
      if (outcome === 'nothing left') await pause.wait(o.sweepMs ?? 30_000);
      else if (outcome === 'some failed') await pause.wait(FIRST_BACKOFF_MS);
      else if (outcome === 'all failed') await pause.wait(backoff);
      backoff = outcome === 'all failed' ? Math.min(LONGEST_BACKOFF_MS, backoff * 2) : FIRST_BACKOFF_MS;
    }
  };

  const running = run();
  return {
    wake: pause.wake,
    stop: async () => {
      stopped = true;
      pause.wake();
      await running;
    },
  };
};
