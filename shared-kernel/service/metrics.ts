import type { RequestHandler } from 'express';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** An app's own registry: register further instruments with `registers: [metrics.registry]`. */
export type Metrics = {
  readonly registry: Registry;
  /** Counts and times every answer by its route pattern, never by its raw path. */
  readonly observeRequests: RequestHandler;
  /** A gauge whose values, one for each value of its label, are asked for at every scrape; without an answer it is left out. */
  readonly gauge: (name: string, help: string, label: string, read: () => Promise<Readonly<Record<string, number>>>) => void;
};

const LABELS = ['method', 'route', 'status_code'] as const;
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 3, 5, 10];

/** `http_requests_total` and `http_request_duration_seconds` of the requirements, and the process's defaults. */
export const createMetrics = (service: string): Metrics => {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const total = new Counter({ name: 'http_requests_total', help: 'Answers sent', labelNames: LABELS, registers });
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from request to answer',
    labelNames: LABELS,
    buckets: SECONDS,
    registers,
  });

  return {
    registry,
    gauge: (name, help, label, read) => {
      const gauge: Gauge = new Gauge({
        name,
        help,
        labelNames: [label],
        registers,
        collect: async () => {
          gauge.reset();
          const values = await read().catch(() => ({}));
          for (const [of, value] of Object.entries(values)) gauge.set({ [label]: of }, value);
        },
      });
    },
    observeRequests: (req, res, next) => {
      const begun = process.hrtime.bigint();
      res.once('close', () => {
        const pattern: unknown = req.route?.path;
        const labels = {
          method: req.method,
          route: typeof pattern === 'string' ? `${req.baseUrl}${pattern}` : 'unmatched',
          status_code: String(res.statusCode),
        };
        total.inc(labels);
        duration.observe(labels, Number(process.hrtime.bigint() - begun) / 1e9);
      });
      next();
    },
  };
};
