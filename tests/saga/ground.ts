import type { ModelStore } from '@tiketi/shared-kernel/event-sourcing/testing/model-store.js';
import type { Logger } from '@tiketi/shared-kernel/service/logger.js';
import type { Seams } from './seams.js';
import type { Turns } from './turns.js';

/** What every process of one world stands on. */
export type Ground = {
  readonly turns: Turns;
  readonly seams: Seams;
  readonly store: ModelStore;
  readonly logger: Logger;
  readonly settlesFirst: boolean;
  readonly batch: () => number;
  /** Hears of what went wrong and was not an outage. */
  readonly noted: (where: string, error: unknown) => void;
};
