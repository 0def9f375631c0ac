import type { Logger } from '@tiketi/shared-kernel/service/logger.js';
import type { Reconciliation } from './reconciliation.js';
import type { Reports } from './reports.js';

type Options = {
  readonly reconciliation: Pick<Reconciliation, 'start'>;
  readonly reports: Pick<Reports, 'beganWithin'>;
  /** 0: never by itself. */
  readonly everyMs: number;
  /** Until the first; default a minute, or `everyMs` where that is less. */
  readonly firstMs?: number;
  /** Done at the same times: what is kept longer than it should be is deleted. */
  readonly tidy: () => Promise<void>;
  readonly logger: Logger;
};

/** Reconciles so often, however many replicas keep this time: one that finds a recent run leaves it at that. Answers how to stop. */
export const scheduleReconciliation = (o: Options): (() => void) => {
  const { reconciliation, reports, everyMs, tidy, logger } = o;
  const turn = async (): Promise<void> => {
    try {
      await tidy();
      if (everyMs > 0 && !(await reports.beganWithin(everyMs * 0.9))) await reconciliation.start('schedule');
    } catch (error) {
      logger.warn({ err: error }, 'a scheduled reconciliation did not begin');
    }
  };
  const periodMs = everyMs > 0 ? everyMs : TIDY_EVERY_MS;
  let timer: NodeJS.Timeout;
  const wait = (ms: number): void => {
    timer = setTimeout(() => {
      wait(periodMs);
      void turn();
    }, ms);
    timer.unref();
  };
  wait(o.firstMs ?? Math.min(periodMs, 60_000));
  return () => clearTimeout(timer);
};

const TIDY_EVERY_MS = 3_600_000;
