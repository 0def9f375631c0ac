import { type Authenticator, principalOf } from '@tiketi/shared-kernel/service/authenticate.js';
import { refusalTable } from '@tiketi/shared-kernel/service/problem.js';
import { parseBody } from '@tiketi/shared-kernel/service/validate.js';
import type { RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { Reconciliation } from './reconciliation.js';
import type { Reports } from './reports.js';

export type ReconciliationPorts = {
  readonly reconciliation: Pick<Reconciliation, 'start'>;
  readonly reports: Pick<Reports, 'list' | 'one'>;
  readonly authenticator: Authenticator;
  readonly limit: RequestHandler;
};

const problemOf = refusalTable<'busy' | 'unknown'>({
  busy: {
    status: 409,
    code: 'RECONCILIATION_RUNNING',
    title: { ko: '이미 대사가 진행 중입니다.', en: 'A reconciliation is under way already.' },
  },
  unknown: {
    status: 404,
    code: 'RECONCILIATION_NOT_FOUND',
    title: { ko: '대사 기록을 찾을 수 없습니다.', en: 'There is no such reconciliation.' },
  },
});

/** `POST /api/admin/reconciliations` begins one (202), `GET` lists the last hundred, `GET …/:id` shows one with its differences. */
export const reconciliationRoutes =
  ({ reconciliation, reports, authenticator, limit }: ReconciliationPorts) =>
  (router: Router): void => {
    const staff = authenticator.requireRole('operator', 'admin');

    router.post('/api/admin/reconciliations', staff, limit, async (req, res) => {
      parseBody(z.strictObject({}), req);
      const started = await reconciliation.start(principalOf(req).userId);
      if (started === 'busy') throw problemOf('busy');
      res.status(202).location(`/api/admin/reconciliations/${started.id}`).json({ id: started.id });
    });

    router.get('/api/admin/reconciliations', staff, limit, async (_req, res) => {
      res.set('cache-control', 'no-store').json({ items: await reports.list() });
    });

    router.get('/api/admin/reconciliations/:id', staff, limit, async (req, res) => {
      const id = z.uuid().safeParse(req.params.id);
      const report = id.success ? await reports.one(id.data) : undefined;
      if (report === undefined) throw problemOf('unknown');
      res.set('cache-control', 'no-store').json(report);
    });
  };
