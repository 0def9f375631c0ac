import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import { UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { z } from 'zod';
import type { Inventory } from './inventory.js';

export const CloseSales = z.object({ by: UserId, now: Instant });
export type CloseSales = z.infer<typeof CloseSales>;

export type CloseSalesRefusal = 'PerformanceNotFound' | 'SalesCancelled';

/** Nobody can hold anything more until sales are reopened; what is held may still be paid. */
export const closeSales =
  (c: CloseSales) =>
  (s: Inventory): Decision<InventoryEvent, CloseSalesRefusal> => {
    if (s.status === 'unopened') return { refused: 'PerformanceNotFound' };
    if (s.status === 'cancelled') return { refused: 'SalesCancelled' };
    if (s.status === 'closed') return { accepted: [] };
    const { performanceId } = s;
    return { accepted: [{ type: 'SalesClosed', data: { performanceId, closedBy: c.by, closedAt: c.now } }] };
  };
