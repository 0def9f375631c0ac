import { PerformanceId, ShowId } from '@tiketi/shared-kernel/contracts/ids.js';
import { parseQuery } from '@tiketi/shared-kernel/service/validate.js';
import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import { jsonAnswer } from '../answers/answer.js';
import { type AnswerDeps, answerCached } from '../answers/cached-answer.js';
import { IMMUTABLE, SHORT } from '../answers/freshness.js';
import { problemOf } from '../answers/problems.js';
import { positionQuery } from '../answers/queries.js';
import type { Catalog } from '../database.js';
import { performanceOf } from './performance-of.js';
import { SeatListQuery, seatList } from './seat-list.js';
import { seatMap } from './seat-map.js';
import { seatStatus } from './seat-status.js';

type SeatRoutes = AnswerDeps & { readonly db: Catalog };

const PositionOnly = z.strictObject(positionQuery);
const missing = 'PERFORMANCE_NOT_FOUND';

const performanceIdOf = (req: Request): PerformanceId => {
  const id = PerformanceId.safeParse(req.params.id);
  if (!id.success) throw problemOf('PERFORMANCE_NOT_FOUND');
  return id.data;
};

const MapQuery = z.strictObject({
  /** The version a seat status names: its map never changes, so it may be kept for good. */
  version: z
    .string()
    .regex(/^\d{1,19}$/)
    .optional(),
  ...positionQuery,
});

/** `GET /api/performances/:id/seatmap` */
export const getSeatMap =
  ({ db, ...deps }: SeatRoutes): RequestHandler =>
  async (req, res) => {
    const { position, version } = parseQuery(MapQuery, req);
    const id = performanceIdOf(req);
    const make = async () => {
      const map = await seatMap(db, id);
      if (map === undefined) return undefined;
      const cacheControl = map.version === version ? IMMUTABLE : SHORT;
      return jsonAnswer(map, { cacheControl, version: `map-${id}-${map.version}` });
    };
    await answerCached(req, res, deps, { key: `map ${id} ${version ?? ''}`, position, make, missing });
  };

/** `GET /api/performances/:id/seat-status` */
export const getSeatStatus =
  ({ db, ...deps }: SeatRoutes): RequestHandler =>
  async (req, res) => {
    const { position } = parseQuery(PositionOnly, req);
    const id = performanceIdOf(req);
    const make = async () => {
      const status = await seatStatus(db, id);
      return status === undefined ? undefined : jsonAnswer(status, { cacheControl: SHORT, version: `${id}-${status.version}` });
    };
    await answerCached(req, res, deps, { key: `status ${id}`, position, make, missing });
  };

/** `GET /api/events/:id/seats`, and under its older name `GET /api/seats/event/:eventId` */
export const getSeats =
  ({ db, ...deps }: SeatRoutes): RequestHandler =>
  async (req, res) => {
    const { position, performanceId, ...query } = parseQuery(SeatListQuery, req);
    const showId = ShowId.safeParse(req.params.id);
    if (!showId.success) throw problemOf('SHOW_NOT_FOUND');
    const make = async () => {
      const seats = await seatList(db, await performanceOf(db, showId.data, performanceId), query);
      return seats === undefined ? undefined : jsonAnswer(seats, { cacheControl: SHORT });
    };
    const key = `seats ${showId.data} ${performanceId ?? ''} ${JSON.stringify(query)}`;
    await answerCached(req, res, deps, { key, position, make, missing });
  };
