import type { Metrics } from '@tiketi/shared-kernel/service/metrics.js';
import type { Kysely } from 'kysely';
import type { AuthDatabase } from '../tables.js';

type State = 'waiting' | 'parked';

const countBy = async (db: Kysely<AuthDatabase>): Promise<Record<State, number>> => {
  const counts = await db
    .selectFrom('outbox')
    .select((query) => [
      query.fn.countAll<string>().filterWhere('parked_reason', 'is', null).as('waiting'),
      query.fn.countAll<string>().filterWhere('parked_reason', 'is not', null).as('parked'),
    ])
    .where('published_at', 'is', null)
    .executeTakeFirstOrThrow();
  return { waiting: Number(counts.waiting), parked: Number(counts.parked) };
};

/** `auth_outbox_events{state}`: facts not yet in the event store. Anything parked needs a person. */
export const measureOutbox = (metrics: Metrics, db: Kysely<AuthDatabase>): void =>
  metrics.gauge('auth_outbox_events', 'Account facts not yet in the event store', 'state', () => countBy(db));
