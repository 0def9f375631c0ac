import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { z } from 'zod';
import type { Inventory } from './inventory.js';

export const CancelSales = z.object({ now: Instant });
export type CancelSales = z.infer<typeof CancelSales>;

export type CancelSalesRefusal = 'PerformanceNotFound';

/** The consequence of a cancelled show, before any of its reservations is given back: nothing is held here ever again. */
export const cancelSales =
  (c: CancelSales) =>
  (s: Inventory): Decision<InventoryEvent, CancelSalesRefusal> => {
    if (s.status === 'unopened') return { refused: 'PerformanceNotFound' };
    if (s.status === 'cancelled') return { accepted: [] };
    return { accepted: [{ type: 'SalesCancelled', data: { performanceId: s.performanceId, cancelledAt: c.now } }] };
  };
