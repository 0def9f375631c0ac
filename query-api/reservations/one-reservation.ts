import type { ReservationView } from '@tiketi/shared-kernel/contracts/http/reservations.js';
import type { ReservationId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { z } from 'zod';
import type { Tickets } from '../database.js';
import { reservationsIn, viewOf } from './reservation-view.js';

/** Undefined for a reservation that is not there and, just so, for another person's. */
export const oneReservation = async (
  db: Tickets,
  userId: UserId,
  id: ReservationId,
): Promise<z.infer<typeof ReservationView> | undefined> => {
  const row = await reservationsIn(db).where('r.user_id', '=', userId).where('r.id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : viewOf(row);
};
