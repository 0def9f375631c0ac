import { PerformanceId, ShowId } from '@tiketi/shared-kernel/contracts/ids.js';
import { parseQuery } from '@tiketi/shared-kernel/service/validate.js';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { jsonAnswer } from '../answers/answer.js';
import { type AnswerDeps, answerCached } from '../answers/cached-answer.js';
import { SHORT } from '../answers/freshness.js';
import { problemOf } from '../answers/problems.js';
import { positionQuery } from '../answers/queries.js';
import type { Catalog } from '../database.js';
import { performanceOf } from '../seats/performance-of.js';
import { listTicketTypes } from './list-ticket-types.js';

const TicketTypesQuery = z.strictObject({ performanceId: PerformanceId.optional(), ...positionQuery });

/** `GET /api/tickets/event/:eventId`: the general-admission ticket types of one performance. */
export const getTicketTypes =
  ({ db, ...deps }: AnswerDeps & { readonly db: Catalog }): RequestHandler =>
  async (req, res) => {
    const { position, performanceId } = parseQuery(TicketTypesQuery, req);
    const showId = ShowId.safeParse(req.params.eventId);
    if (!showId.success) throw problemOf('SHOW_NOT_FOUND');
    const make = async () => {
      const list = await listTicketTypes(db, await performanceOf(db, showId.data, performanceId));
      return list === undefined ? undefined : jsonAnswer(list, { cacheControl: SHORT });
    };
    const key = `ticket types ${showId.data} ${performanceId ?? ''}`;
    await answerCached(req, res, deps, { key, position, make, missing: 'PERFORMANCE_NOT_FOUND' });
  };
