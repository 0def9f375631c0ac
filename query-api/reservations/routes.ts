import { ReservationId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { PositionWait } from '@tiketi/shared-kernel/event-sourcing/consumers/position-wait.js';
import { principalOf } from '@tiketi/shared-kernel/service/authenticate.js';
import { parseQuery } from '@tiketi/shared-kernel/service/validate.js';
import type { RequestHandler, Response } from 'express';
import { z } from 'zod';
import { problemOf } from '../answers/problems.js';
import { positionQuery } from '../answers/queries.js';
import { awaitOwnWrite } from '../answers/read-your-write.js';
import { readModelProblem, type Tickets } from '../database.js';
import { MyReservationsQuery, myReservations } from './my-reservations.js';
import { oneReservation } from './one-reservation.js';

type ReservationRoutes = { readonly db: Tickets; readonly wait: PositionWait };

const sendPrivate = (res: Response, body: unknown): void => {
  res.set('cache-control', 'private, no-store').json(body);
};

const read = <T>(work: Promise<T>): Promise<T> =>
  work.catch((error: unknown) => {
    throw readModelProblem(error);
  });

/** `GET /api/reservations/my` */
export const getMyReservations =
  ({ db, wait }: ReservationRoutes): RequestHandler =>
  async (req, res) => {
    const { position, ...query } = parseQuery(MyReservationsQuery, req);
    await awaitOwnWrite(res, wait, position);
    sendPrivate(res, await read(myReservations(db, principalOf(req).userId, query)));
  };

const OneQuery = z.strictObject(positionQuery);

/** `GET /api/reservations/:id`: one's own, else 404 as if there were none. */
export const getReservation =
  ({ db, wait }: ReservationRoutes): RequestHandler =>
  async (req, res) => {
    const { position } = parseQuery(OneQuery, req);
    const id = ReservationId.safeParse(req.params.id);
    if (!id.success) throw problemOf('RESERVATION_NOT_FOUND');
    await awaitOwnWrite(res, wait, position);
    const reservation = await read(oneReservation(db, principalOf(req).userId, id.data));
    if (reservation === undefined) throw problemOf('RESERVATION_NOT_FOUND');
    sendPrivate(res, reservation);
  };
