import type { RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { ParkedItem, ParkedList, ParkedPart, Replay } from '../contracts/http/operations.js';
import type { ParkedWork } from '../event-sourcing/consumers/parked-work.js';
import { type Authenticator, principalOf } from './authenticate.js';
import type { Logger } from './logger.js';
import { refusalTable } from './problem.js';
import { redactText } from './redaction.js';
import { parseBody, parseParams, parseQuery } from './validate.js';

export type ParkedPorts = {
  readonly parked: ParkedWork;
  readonly authenticator: Authenticator;
  readonly limit: RequestHandler;
  readonly logger: Logger;
};

const problemOf = refusalTable<'NotParked'>({
  NotParked: {
    status: 404,
    code: 'NOT_PARKED',
    title: { ko: '보류된 작업이 아닙니다.', en: 'Nothing of that name is set aside (any more).' },
  },
});

const ListQuery = z.strictObject({
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/)
    .default('100')
    .transform(Number),
});
const OneItem = z.object({ id: z.string().min(1).max(400) });
const NoBody = z.strictObject({});

const MOST_REASON = 500;
const shown = (reason: string): string => redactText(reason).slice(0, MOST_REASON);
const withReason = (replay: Replay): Replay => ({ ...replay, reason: replay.reason === null ? null : shown(replay.reason) });

/**
 * What a part has set aside, for operators and administrators: `GET /api/admin/parked/{part}`, `POST …/{part}/{id}/replay` and
 * `POST …/{part}/replay-all`. Who asked for a replay is logged as a line with `audit`; reasons are shown without what looks personal.
 */
export const parkedRoutes =
  (part: ParkedPart, { parked, authenticator, limit, logger }: ParkedPorts) =>
  (router: Router): void => {
    const base = `/api/admin/parked/${part}`;
    const staff = [authenticator.requireRole('operator', 'admin'), limit];

    router.get(base, ...staff, async (req, res) => {
      const { limit: most } = parseQuery(ListQuery, req);
      const found = await parked.list(most + 1);
      const items = found.slice(0, most).map((item): ParkedItem => ({ ...item, reason: shown(item.reason) }));
      res.set('cache-control', 'no-store').json({ part, items, more: found.length > most } satisfies ParkedList);
    });

    router.post(`${base}/replay-all`, ...staff, async (req, res) => {
      parseBody(NoBody, req);
      const replay = withReason(await parked.replayAll());
      logger.warn(
        { audit: 'parked-replay-all', actor: principalOf(req).userId, part, ...replay },
        'all parked work was tried again',
      );
      res.json(replay);
    });

    router.post(`${base}/:id/replay`, ...staff, async (req, res) => {
      parseBody(NoBody, req);
      const { id } = parseParams(OneItem, req);
      const outcome = await parked.replay(id);
      if (outcome === undefined) throw problemOf('NotParked');
      const replay = withReason(outcome);
      logger.warn({ audit: 'parked-replay', actor: principalOf(req).userId, part, id, ...replay }, 'parked work was tried again');
      res.json(replay);
    });
  };
