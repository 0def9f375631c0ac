import { listParkedEffects, replayEffect } from '@tiketi/shared-kernel/event-sourcing/consumers/parked-effects.js';
import type { RunningConsumers } from '@tiketi/shared-kernel/event-sourcing/consumers/runtime.js';
import type { WriterObservation } from '@tiketi/shared-kernel/event-sourcing/serial-writer/types.js';
import type { Logger } from '@tiketi/shared-kernel/service/logger.js';
import type { Metrics } from '@tiketi/shared-kernel/service/metrics.js';
import type { Kysely } from 'kysely';
import { Counter } from 'prom-client';
import { SCHEMA } from './booking-process/consumers.js';
import type { ReservationDatabase } from './database.js';

/** Counts what the serial writers meet; that the store lost something it had acknowledged is an alarm. */
export const watchWriters = ({ registry }: Metrics, logger: Logger): ((seen: WriterObservation) => void) => {
  const counter = new Counter({
    name: 'inventory_writer_total',
    help: 'What the serial writers met, by kind',
    labelNames: ['kind'],
    registers: [registry],
  });
  return (seen) => {
    counter.inc({ kind: seen.kind });
    if (seen.kind === 'storeWentBack') {
      logger.error(
        { alarm: 'store-went-back', revision: String(seen.revision) },
        'the event store lost what it had acknowledged',
      );
    } else if (seen.kind === 'unknown' || seen.kind === 'readFailed' || seen.kind === 'storeRefused') {
      logger.warn(seen, 'inventory writer');
    }
  };
};

/** Gauges of the booking process: how far behind, what is set aside, what has stopped. */
export const watchProcess = (
  metrics: Metrics,
  db: Kysely<ReservationDatabase>,
  consumers: Pick<RunningConsumers, 'status'>,
): void => {
  const perConsumer = (name: string, help: string, value: (s: ReturnType<RunningConsumers['status']>[number]) => number) =>
    metrics.gauge(name, help, 'consumer', async () => Object.fromEntries(consumers.status().map((s) => [s.name, value(s)])));
  perConsumer('consumer_lag_seconds', 'Age of the oldest event not applied', (s) => s.lagMs / 1000);
  perConsumer('consumer_parked_keys', 'Keys set aside', (s) => s.parkedKeys);
  perConsumer('consumer_stopped', '1 where a consumer has stopped', (s) => (s.state === 'stopped' ? 1 : 0));
  metrics.gauge('effects_parked', 'Effects set aside, by kind', 'kind', async () => {
    const counts: Record<string, number> = {};
    for (const { kind } of await listParkedEffects(db, SCHEMA)) counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
  });
};

/** What an earlier release could not do may be possible now: every start tries the effects that were set aside once more. */
export const retryParked = async (db: Kysely<ReservationDatabase>, logger: Logger): Promise<void> => {
  for (const { id, kind, lastError } of await listParkedEffects(db, SCHEMA)) {
    logger.warn({ effect: id, kind, lastError }, 'an effect that was set aside is tried again');
    await replayEffect(db, SCHEMA, id);
  }
};
