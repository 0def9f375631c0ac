import type { SeatMap } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { LayoutId, type PerformanceId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Catalog } from '../database.js';

/** A performance's geometry and prices; undefined where there is no such performance. */
export const seatMap = async (db: Catalog, performanceId: PerformanceId): Promise<SeatMap | undefined> => {
  const row = await db
    .withSchema('catalog')
    .selectFrom('performances')
    .select(['layout_id', 'total_seats', 'sections', 'map_revision'])
    .where('id', '=', performanceId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  let firstIndex = 0;
  const sections = row.sections.map(({ section, rows, seatsPerRow, grade, price }) => {
    const first = firstIndex;
    firstIndex += rows * seatsPerRow;
    return { section, rows, seatsPerRow, grade, price, firstIndex: first };
  });
  const layoutId = row.layout_id === null ? null : LayoutId.parse(row.layout_id);
  return { performanceId, version: row.map_revision, layoutId, totalSeats: row.total_seats, sections };
};
