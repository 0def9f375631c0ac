import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import { showEvents } from '@tiketi/shared-kernel/contracts/events/show.js';
import { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { z } from 'zod';
import type { Inventory } from './inventory.js';

export const OpenInventory = z.object({ scheduled: showEvents.PerformanceScheduled.data, now: Instant });
export type OpenInventory = z.infer<typeof OpenInventory>;

/** A performance's inventory opens once, from the fact that it was scheduled. */
export const openInventory =
  (c: OpenInventory) =>
  (s: Inventory): Decision<InventoryEvent, never> => {
    if (s.status !== 'unopened') return { accepted: [] };
    const { scheduledBy: _, scheduledAt: __, ...scheduled } = c.scheduled;
    return { accepted: [{ type: 'InventoryOpened', data: { ...scheduled, openedAt: c.now } }] };
  };
