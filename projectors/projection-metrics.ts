import type { ConsumerStatus, Observe } from '@tiketi/shared-kernel/event-sourcing/consumers/status.js';
import type { Metrics } from '@tiketi/shared-kernel/service/metrics.js';
import { Counter, Gauge, Histogram } from 'prom-client';

const LABELS = ['projection'] as const;

/** Counts what consumers report. */
export const observeProjections = ({ registry }: Metrics): Observe => {
  const registers = [registry];
  const applied = new Counter({ name: 'projection_events_total', help: 'Events applied', labelNames: LABELS, registers });
  const parked = new Counter({ name: 'projection_parked_total', help: 'Events parked', labelNames: LABELS, registers });
  const retries = new Counter({ name: 'projection_retries_total', help: 'Batches tried again', labelNames: LABELS, registers });
  const batches = new Histogram({
    name: 'projection_batch_seconds',
    help: 'Time from a batch to its commit',
    labelNames: LABELS,
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers,
  });
  return (seen) => {
    if (seen.kind === 'applied') applied.inc({ projection: seen.consumer }, seen.events);
    if (seen.kind === 'parked') parked.inc({ projection: seen.consumer }, seen.events);
    if (seen.kind === 'retry') retries.inc({ projection: seen.consumer });
    if (seen.kind === 'batch') batches.observe({ projection: seen.consumer }, seen.milliseconds / 1000);
  };
};

/** Lag and parked keys, read when they are scraped; `parkedKeys` asks the table, since another process may have replayed some. */
export const exposeStatus = (
  metrics: Metrics,
  status: () => readonly ConsumerStatus[],
  parkedKeys: () => Promise<Readonly<Record<string, number>>>,
): void => {
  const gauge = (name: string, help: string, value: (s: ConsumerStatus) => number) =>
    new Gauge({
      name,
      help,
      labelNames: LABELS,
      registers: [metrics.registry],
      collect() {
        for (const s of status()) this.set({ projection: s.name }, value(s));
      },
    });
  gauge('projection_lag_seconds', 'Age of the oldest event not applied', (s) => s.lagMs / 1000);
  gauge('projection_queued_events', 'Events received and not applied', (s) => s.queued);
  metrics.gauge('projection_parked_keys', 'Keys set aside', 'projection', async () => ({
    ...Object.fromEntries(status().map(({ name }) => [name, 0])),
    ...(await parkedKeys()),
  }));
  gauge('projection_stopped', '1 where a projection has stopped', (s) => (s.state === 'stopped' ? 1 : 0));
};
