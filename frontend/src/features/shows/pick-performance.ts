import type { PerformanceSummary } from '@tiketi/shared-kernel/contracts/http/shows.js';

/** The performance an address asks for, else the first with seats on sale, else the first; null where there is none. */
export const pickPerformance = (performances: readonly PerformanceSummary[], asked: string | null): PerformanceSummary | null =>
  performances.find(({ id }) => id === asked) ??
  performances.find(({ status, availableSeats }) => status === 'on_sale' && availableSeats > 0) ??
  performances[0] ??
  null;
