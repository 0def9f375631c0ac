import { type ReservationList, ReservationStatus } from '@tiketi/shared-kernel/contracts/http/reservations.js';
import { ReservationId, type UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { sql } from 'kysely';
import { z } from 'zod';
import { pageOf, readCursor } from '../answers/cursor.js';
import { pageQuery, positionQuery } from '../answers/queries.js';
import type { Tickets } from '../database.js';
import { reservationsIn, viewOf } from './reservation-view.js';

export const MyReservationsQuery = z.strictObject({ status: ReservationStatus.optional(), ...pageQuery, ...positionQuery });
export type MyReservations = Omit<z.infer<typeof MyReservationsQuery>, 'position'>;

const Place = z.tuple([z.int().min(-6e13).max(3e14), ReservationId]);

/** One buyer's reservations, newest first. */
export const myReservations = async (
  db: Tickets,
  userId: UserId,
  { status, limit, cursor }: MyReservations,
): Promise<z.infer<typeof ReservationList>> => {
  let query = reservationsIn(db)
    .where('r.user_id', '=', userId)
    .orderBy('r.created_at', 'desc')
    .orderBy('r.id', 'desc')
    .limit(limit + 1);
  if (status !== undefined) query = query.where('r.status', '=', status);
  if (cursor !== undefined) {
    const [at, id] = readCursor(Place, cursor);
    query = query.where(sql<boolean>`(r.created_at, r.id) < (${new Date(at)}::timestamptz, ${id}::uuid)`);
  }
  const { items, nextCursor } = pageOf(await query.execute(), limit, (row) => [row.created_at.getTime(), row.id]);
  return { items: items.map(viewOf), nextCursor };
};
