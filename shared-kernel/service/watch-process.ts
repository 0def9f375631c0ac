import type { Kysely } from 'kysely';
import { listParkedEffects, replayEffect } from '../event-sourcing/consumers/parked-effects.js';
import { countParkedKeys } from '../event-sourcing/consumers/parked-heads.js';
import type { RunningConsumers } from '../event-sourcing/consumers/runtime.js';
import type { Logger } from './logger.js';
import type { Metrics } from './metrics.js';

/** Gauges of the consumers and effects a service keeps in `schema`: how far behind, what is set aside, what has stopped. */
export const watchProcess = <DB>(
  metrics: Metrics,
  db: Kysely<DB>,
  schema: string,
  consumers: Pick<RunningConsumers, 'status'>,
): void => {
  const perConsumer = (name: string, help: string, value: (s: ReturnType<RunningConsumers['status']>[number]) => number) =>
    metrics.gauge(name, help, 'consumer', async () => Object.fromEntries(consumers.status().map((s) => [s.name, value(s)])));
  perConsumer('consumer_lag_seconds', 'Age of the oldest event not applied', (s) => s.lagMs / 1000);
  perConsumer('consumer_stopped', '1 where a consumer has stopped', (s) => (s.state === 'stopped' ? 1 : 0));
  // from the table: a replay may have been made by another process
  metrics.gauge('consumer_parked_keys', 'Keys set aside', 'consumer', async () => ({
    ...Object.fromEntries(consumers.status().map(({ name }) => [name, 0])),
    ...(await countParkedKeys(db, schema)),
  }));
  metrics.gauge('effects_parked', 'Effects set aside, by kind', 'kind', async () => {
    const counts: Record<string, number> = {};
    for (const { kind } of await listParkedEffects(db, schema)) counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
  });
};

/** What an earlier release could not do may be possible now: every start tries the effects that were set aside once more. */
export const retryParked = async <DB>(db: Kysely<DB>, schema: string, logger: Logger): Promise<void> => {
  for (const { id, kind, lastError } of await listParkedEffects(db, schema)) {
    logger.warn({ effect: id, kind, lastError }, 'an effect that was set aside is tried again');
    await replayEffect(db, schema, id);
  }
};
