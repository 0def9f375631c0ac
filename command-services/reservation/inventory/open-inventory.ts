import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import type { ShowEvent } from '@tiketi/shared-kernel/contracts/events/show.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import type { Inventory } from './inventory.js';

export type OpenInventory = {
  readonly scheduled: Extract<ShowEvent, { type: 'PerformanceScheduled' }>['data'];
  readonly now: Instant;
};

/** A performance's inventory opens once, from the fact that it was scheduled. */
export const openInventory =
  (c: OpenInventory) =>
  (s: Inventory): Decision<InventoryEvent, never> => {
    if (s.status !== 'unopened') return { accepted: [] };
    const { performanceId, showId, layoutId, startsAt, sections, terms } = c.scheduled;
    return {
      accepted: [
        { type: 'InventoryOpened', data: { performanceId, showId, layoutId, startsAt, sections, terms, openedAt: c.now } },
      ],
    };
  };
