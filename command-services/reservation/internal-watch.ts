import type { Logger } from '@tiketi/shared-kernel/service/logger.js';
import type { Metrics } from '@tiketi/shared-kernel/service/metrics.js';
import { Counter } from 'prom-client';
import type { SeenStep } from './internal-lots.js';

/**
 * Counts the steps of payments by outcome, since the request they came in says 200 for all of them. Those that were refused or failed are
 * logged under their booking, as requests of their own would be; the others are events.
 */
export const watchSteps = ({ registry }: Metrics, logger: Logger): ((seen: SeenStep) => void) => {
  const counter = new Counter({
    name: 'payment_steps_total',
    help: 'Steps of payments asked for by the payment service, by outcome',
    labelNames: ['step', 'status_code'],
    registers: [registry],
  });
  return (seen) => {
    counter.inc({ step: seen.step, status_code: String(seen.status) });
    if (seen.status >= 500) logger.warn(seen, 'step');
    else if (seen.status >= 400) logger.info(seen, 'step');
  };
};
