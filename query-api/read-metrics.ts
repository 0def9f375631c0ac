import type { Metrics } from '@tiketi/shared-kernel/service/metrics.js';
import { Counter, Histogram } from 'prom-client';

/** How public answers came about: sent again as a moment ago (`hot`), from the cache, or made from the read model. */
export const observeReads = ({ registry }: Metrics) => {
  const answers = new Counter({
    name: 'read_answers_total',
    help: 'Public answers',
    labelNames: ['source'],
    registers: [registry],
  });
  // hot answers pass by the middleware that counts requests, so they are counted here under the same names
  const total = registry.getSingleMetric('http_requests_total');
  const duration = registry.getSingleMetric('http_request_duration_seconds');
  return {
    cache: (result: 'hit' | 'miss'): void => answers.inc({ source: result === 'hit' ? 'cache' : 'database' }),
    hot: (seen: { method: string; route: string; status: number; seconds: number }): void => {
      const labels = { method: seen.method, route: seen.route, status_code: String(seen.status) };
      answers.inc({ source: 'hot' });
      if (total instanceof Counter) total.inc(labels);
      if (duration instanceof Histogram) duration.observe(labels, seen.seconds);
    },
  };
};
