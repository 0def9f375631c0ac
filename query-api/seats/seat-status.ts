import type { SeatStatus } from '@tiketi/shared-kernel/contracts/http/shows.js';
import type { PerformanceId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Catalog } from '../database.js';

/** An inventory that has not opened yet shows what it will show at its first revision: every seat available. */
export const versionOf = (inventoryRevision: string): string => (inventoryRevision === '-1' ? '0' : inventoryRevision);

export const seatStatus = async (db: Catalog, performanceId: PerformanceId): Promise<SeatStatus | undefined> => {
  const row = await db
    .withSchema('catalog')
    .selectFrom('performances')
    .select(['total_seats', 'available_seats', 'held_seats', 'sold_seats', 'blocked_seats', 'seat_status'])
    .select(['inventory_revision', 'map_revision'])
    .where('id', '=', performanceId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    performanceId,
    version: versionOf(row.inventory_revision),
    mapVersion: row.map_revision,
    totalSeats: row.total_seats,
    available: row.available_seats,
    held: row.held_seats,
    sold: row.sold_seats,
    blocked: row.blocked_seats,
    status: row.seat_status.toString('base64'),
  };
};
