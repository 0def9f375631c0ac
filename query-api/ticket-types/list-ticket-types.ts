import type { TicketTypeList } from '@tiketi/shared-kernel/contracts/http/shows.js';
import type { PerformanceId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Catalog } from '../database.js';
import { versionOf } from '../seats/seat-status.js';

/** The ticket types of a performance and what is left of each; undefined where there is no such performance. */
export const listTicketTypes = async (db: Catalog, performanceId: PerformanceId): Promise<TicketTypeList | undefined> => {
  const row = await db
    .withSchema('catalog')
    .selectFrom('performances')
    .select(['ticket_types', 'inventory_revision'])
    .where('id', '=', performanceId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const items = row.ticket_types.map(({ ticketTypeId, name, price, quantity, held, sold }) => ({
    id: ticketTypeId,
    performanceId,
    name,
    price,
    totalQuantity: quantity,
    availableQuantity: Math.max(0, quantity - held - sold),
  }));
  return { performanceId, version: versionOf(row.inventory_revision), items };
};
