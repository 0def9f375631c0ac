import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import { UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { z } from 'zod';
import type { Inventory } from './inventory.js';

export const ReopenSales = z.object({ by: UserId, now: Instant });
export type ReopenSales = z.infer<typeof ReopenSales>;

export type ReopenSalesRefusal = 'PerformanceNotFound' | 'SalesCancelled';

/** Undoes a closing; a cancelled performance never sells again. */
export const reopenSales =
  (c: ReopenSales) =>
  (s: Inventory): Decision<InventoryEvent, ReopenSalesRefusal> => {
    if (s.status === 'unopened') return { refused: 'PerformanceNotFound' };
    if (s.status === 'cancelled') return { refused: 'SalesCancelled' };
    if (s.status === 'open') return { accepted: [] };
    const { performanceId } = s;
    return { accepted: [{ type: 'SalesReopened', data: { performanceId, reopenedBy: c.by, reopenedAt: c.now } }] };
  };
