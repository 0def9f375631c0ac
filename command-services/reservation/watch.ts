import type { WriterObservation } from '@tiketi/shared-kernel/event-sourcing/serial-writer/types.js';
import type { Logger } from '@tiketi/shared-kernel/service/logger.js';
import type { Metrics } from '@tiketi/shared-kernel/service/metrics.js';
import { Counter } from 'prom-client';
import type { Membership } from './owners/membership.js';
import type { Routed } from './owners/routed-inventories.js';

const TROUBLE: ReadonlySet<WriterObservation['kind']> = new Set(['unknown', 'readFailed', 'storeRefused', 'snapshotFailed']);

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
    } else if (TROUBLE.has(seen.kind)) {
      logger.warn(seen, 'inventory writer');
    }
  };
};

/** Counts where commands are decided, and tells how many replicas there are. */
export const watchRouting = (metrics: Metrics, owners: Pick<Membership, 'size'>): ((routed: Routed) => void) => {
  const counter = new Counter({
    name: 'inventory_commands_total',
    help: 'Commands for inventories, by where they were decided',
    labelNames: ['routed'],
    registers: [metrics.registry],
  });
  metrics.gauge('reservation_replicas', 'Replicas of this service that are there', 'seen', async () => ({
    lately: owners.size(),
  }));
  return (routed) => counter.inc({ routed });
};
