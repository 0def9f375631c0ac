import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import { UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { z } from 'zod';
import type { Inventory } from './inventory.js';

export const ChangePrices = z.object({
  prices: z.array(z.object({ section: z.string(), price: Won })).readonly(),
  by: UserId,
  now: Instant,
});
export type ChangePrices = z.infer<typeof ChangePrices>;

export type ChangePricesRefusal = 'PerformanceNotFound' | 'SalesCancelled' | 'SectionUnknown' | 'SectionPricedTwice';

/** Other prices from the next hold on; what is held keeps its own. */
export const changePrices =
  (c: ChangePrices) =>
  (s: Inventory): Decision<InventoryEvent, ChangePricesRefusal> => {
    if (s.status === 'unopened') return { refused: 'PerformanceNotFound' };
    if (c.prices.some(({ section }) => !s.hall.sections.has(section))) return { refused: 'SectionUnknown' };
    if (new Set(c.prices.map(({ section }) => section)).size < c.prices.length) return { refused: 'SectionPricedTwice' };
    const prices = c.prices.filter(({ section, price }) => s.hall.sections.get(section)?.price !== price);
    if (prices.length === 0) return { accepted: [] };
    if (s.status === 'cancelled') return { refused: 'SalesCancelled' };
    const { performanceId } = s;
    return {
      accepted: [{ type: 'SectionPricesChanged', data: { performanceId, prices, changedBy: c.by, changedAt: c.now } }],
    };
  };
