import { ReservationId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { PositionWait } from '@tiketi/shared-kernel/event-sourcing/consumers/position-wait.js';
import { parseQuery } from '@tiketi/shared-kernel/service/validate.js';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { problemOf } from '../answers/problems.js';
import { positionQuery } from '../answers/queries.js';
import { awaitOwnWrite } from '../answers/read-your-write.js';
import { readModelProblem } from '../database.js';
import { type BookingLogs, bookingLog } from './booking-log.js';

const Query = z.strictObject(positionQuery);
const NOT_AN_ID = "A booking is named by its reservation's id, not by the number on the ticket (TK-…).";

/** `GET /api/admin/bookings/:id/log`, for staff: whose booking it is plays no part. */
export const getBookingLog =
  ({ db, wait }: { readonly db: BookingLogs; readonly wait: PositionWait }): RequestHandler =>
  async (req, res) => {
    const { position } = parseQuery(Query, req);
    const id = ReservationId.safeParse(req.params.id);
    if (!id.success) throw problemOf('RESERVATION_NOT_FOUND', { detail: NOT_AN_ID });
    await awaitOwnWrite(res, wait, position);
    const log = await bookingLog(db, id.data).catch((error: unknown) => {
      throw readModelProblem(error);
    });
    if (log === undefined) throw problemOf('RESERVATION_NOT_FOUND');
    res.set('cache-control', 'private, no-store').json(log);
  };
