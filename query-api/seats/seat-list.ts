import type { PricedSection } from '@tiketi/shared-kernel/contracts/events/layout.js';
import type { Seat, SeatList } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { PerformanceId, SeatId } from '@tiketi/shared-kernel/contracts/ids.js';
import { z } from 'zod';
import { readCursor, writeCursor } from '../answers/cursor.js';
import { positionQuery } from '../answers/queries.js';
import type { Catalog } from '../database.js';
import { versionOf } from './seat-status.js';

export const SeatListQuery = z.strictObject({
  performanceId: PerformanceId.optional(),
  /** Only this section's seats. */
  section: z.string().min(1).max(20).optional(),
  cursor: z.string().min(1).max(500).optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,3}$/)
    .transform(Number)
    .pipe(z.number().max(5000))
    .default(1000),
  ...positionQuery,
});
export type ListSeats = Pick<z.infer<typeof SeatListQuery>, 'section' | 'cursor' | 'limit'>;

/** By the two bits of a seat; a blocked one is as little to be had as a sold one. */
const STATUSES: readonly Seat['status'][] = ['available', 'locked', 'reserved', 'reserved'];
const statusAt = (bits: Buffer, index: number): Seat['status'] =>
  STATUSES[((bits[index >> 2] ?? 0) >> ((index & 3) * 2)) & 3] ?? 'reserved';

/** Seats from an index on, in index order; a generator, so that a page costs its own length only. */
function* seatsFrom(sections: readonly PricedSection[], bits: Buffer, from: number, wanted: string | undefined) {
  let first = 0;
  for (const { section, rows, seatsPerRow, grade, price } of sections) {
    const end = first + rows * seatsPerRow;
    for (let index = Math.max(from, first); index < end && (wanted ?? section) === section; index += 1) {
      const rowNumber = Math.floor((index - first) / seatsPerRow) + 1;
      const seatNumber = ((index - first) % seatsPerRow) + 1;
      const seat: Seat = {
        id: SeatId.parse(`${section}-${rowNumber}-${seatNumber}`),
        section,
        rowNumber,
        seatNumber,
        seatLabel: `${section} ${rowNumber}-${seatNumber}`,
        grade,
        price,
        status: statusAt(bits, index),
      };
      yield { index, seat };
    }
    first = end;
  }
}

/** A page of a performance's seats in words; undefined where there is no such performance. */
export const seatList = async (db: Catalog, performanceId: PerformanceId, query: ListSeats): Promise<SeatList | undefined> => {
  const from = query.cursor === undefined ? 0 : readCursor(z.int().min(0).max(50_000), query.cursor);
  const row = await db
    .withSchema('catalog')
    .selectFrom('performances')
    .select(['sections', 'seat_status', 'inventory_revision'])
    .where('id', '=', performanceId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const items: Seat[] = [];
  let nextCursor: string | null = null;
  for (const { index, seat } of seatsFrom(row.sections, row.seat_status, from, query.section)) {
    if (items.length === query.limit) {
      nextCursor = writeCursor(index);
      break;
    }
    items.push(seat);
  }
  return { performanceId, version: versionOf(row.inventory_revision), items, nextCursor };
};
