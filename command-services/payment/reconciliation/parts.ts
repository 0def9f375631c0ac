import type { EventStore } from '@tiketi/shared-kernel/event-sourcing/event-store/port.js';
import type { Logger } from '@tiketi/shared-kernel/service/logger.js';
import type { Kysely } from 'kysely';
import type { Charging } from '../charging.js';
import type { CreditPoints } from '../point-charge/charge-settlement.js';
import type { PointsLedger } from '../points/ledger/ledger.js';
import type { PointsSteps } from '../points/points-steps.js';
import type { PaymentProvider, ProviderBooks } from '../provider.js';
import type { FindOwnOrder } from '../records/own-order.js';
import type { RecordTables } from '../records/tables.js';
import type { Refunds } from '../refunds.js';
import type { ReservationSteps } from '../reservations.js';
import type { Hear } from '../webhooks/webhooks.js';
import { createJudge } from './judge.js';
import { createFindPointTotals } from './point-totals.js';
import { createReconciliation } from './reconciliation.js';
import { createRepair } from './repair.js';
import { createRepairPoints } from './repair-points.js';
import { createReports } from './reports.js';
import type { ReconciliationTables } from './tables.js';

type Options = {
  readonly db: Kysely<RecordTables & ReconciliationTables>;
  readonly store: EventStore;
  readonly provider: PaymentProvider & ProviderBooks;
  readonly findOrder: FindOwnOrder;
  readonly ledger: Pick<PointsLedger, 'totals'>;
  readonly hear: Hear;
  readonly refunds: Pick<Refunds, 'finish'>;
  readonly charging: Pick<Charging, 'cancel'>;
  readonly points: Pick<PointsSteps, 'void' | 'capture'>;
  readonly credit: CreditPoints;
  readonly reservations: Pick<ReservationSteps, 'find'>;
  readonly clock: () => number;
  readonly logger: Logger;
  readonly periodMs: number;
  readonly graceMs: number;
};

/** The reconciliation and its reports, put together. */
export const createReconciliationParts = (o: Options) => {
  const { db, store, provider, findOrder, ledger, hear, refunds, charging, clock, logger, periodMs, graceMs } = o;
  const reports = createReports(db);
  const pointTotals = createFindPointTotals(store);
  const judge = createJudge({ findOrder, provider, pointTotals, ledgerTotals: ledger.totals });
  const repairPoints = createRepairPoints({ points: o.points, credit: o.credit, reservations: o.reservations });
  const repair = createRepair({ hear, finishRefund: refunds.finish, charging, repairPoints });
  const reconciliation = createReconciliation({ db, provider, judge, repair, reports, clock, logger, periodMs, graceMs });
  return { reports, reconciliation };
};
