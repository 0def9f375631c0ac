import { ShowId } from '@tiketi/shared-kernel/contracts/ids.js';
import { parseQuery } from '@tiketi/shared-kernel/service/validate.js';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { jsonAnswer } from '../answers/answer.js';
import { type AnswerDeps, answerCached } from '../answers/cached-answer.js';
import { SHORT } from '../answers/freshness.js';
import { problemOf } from '../answers/problems.js';
import { positionQuery } from '../answers/queries.js';
import type { Catalog } from '../database.js';
import { ListShowsQuery, listShows } from './list-shows.js';
import { refundPolicy } from './refund-policy.js';
import { showDetail } from './show-detail.js';

type ShowRoutes = AnswerDeps & { readonly db: Catalog; readonly now: () => number };

/** `GET /api/events` */
export const getShows =
  ({ db, now, ...deps }: ShowRoutes): RequestHandler =>
  async (req, res) => {
    const { position, ...query } = parseQuery(ListShowsQuery, req);
    const make = async () => jsonAnswer(await listShows(db, query, new Date(now())), { cacheControl: SHORT });
    await answerCached(req, res, deps, { key: `list ${JSON.stringify(query)}`, position, make, missing: 'SHOW_NOT_FOUND' });
  };

const DetailQuery = z.strictObject(positionQuery);

/** `GET /api/events/:id` */
export const getShow =
  ({ db, now, ...deps }: ShowRoutes): RequestHandler =>
  async (req, res) => {
    const { position } = parseQuery(DetailQuery, req);
    const id = ShowId.safeParse(req.params.id);
    if (!id.success) throw problemOf('SHOW_NOT_FOUND');
    const make = async () => {
      const detail = await showDetail(db, id.data, new Date(now()));
      return detail === undefined ? undefined : jsonAnswer(detail, { cacheControl: SHORT });
    };
    await answerCached(req, res, deps, { key: `show ${id.data}`, position, make, missing: 'SHOW_NOT_FOUND' });
  };

const PolicyQuery = z.strictObject({
  /** A reservation's own version; else the one in force. */
  version: z
    .string()
    .regex(/^[1-9]\d{0,5}$/)
    .transform(Number)
    .optional(),
  ...positionQuery,
});

/** `GET /api/events/:id/refund-policy`; 404 REFUND_POLICY_NOT_FOUND for a version or a show that is not there. */
export const getRefundPolicy =
  ({ db, now: _, ...deps }: ShowRoutes): RequestHandler =>
  async (req, res) => {
    const { position, version } = parseQuery(PolicyQuery, req);
    const id = ShowId.safeParse(req.params.id);
    if (!id.success) throw problemOf('SHOW_NOT_FOUND');
    const make = async () => {
      const policy = await refundPolicy(db, id.data, version);
      return policy === undefined ? undefined : jsonAnswer(policy, { cacheControl: SHORT });
    };
    const key = `refund policy ${id.data} ${version ?? ''}`;
    await answerCached(req, res, deps, { key, position, make, missing: 'REFUND_POLICY_NOT_FOUND' });
  };
