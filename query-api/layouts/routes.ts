import { parseQuery } from '@tiketi/shared-kernel/service/validate.js';
import type { RequestHandler } from 'express';
import { jsonAnswer } from '../answers/answer.js';
import { type AnswerDeps, answerCached } from '../answers/cached-answer.js';
import { SHORT } from '../answers/freshness.js';
import type { Catalog } from '../database.js';
import { ListLayoutsQuery, listLayouts } from './list-layouts.js';

/** `GET /api/seat-layouts` */
export const getLayouts =
  ({ db, ...deps }: AnswerDeps & { readonly db: Catalog }): RequestHandler =>
  async (req, res) => {
    const { position, ...query } = parseQuery(ListLayoutsQuery, req);
    const make = async () => jsonAnswer(await listLayouts(db, query), { cacheControl: SHORT });
    await answerCached(req, res, deps, { key: `layouts ${JSON.stringify(query)}`, position, make, missing: 'SHOW_NOT_FOUND' });
  };
