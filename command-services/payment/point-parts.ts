import type { EventStore } from '@tiketi/shared-kernel/event-sourcing/event-store/port.js';
import type { Logger } from '@tiketi/shared-kernel/service/logger.js';
import type { Kysely } from 'kysely';
import type { Charging } from './charging.js';
import { createChargeOrders } from './point-charge/charge-orders.js';
import { createChargeSettlement } from './point-charge/charge-settlement.js';
import { createPointCharges } from './point-charge/point-charges.js';
import { pointChargeProcess } from './point-charge/process/consumer.js';
import { chargeEffectHandlers } from './point-charge/process/handlers.js';
import type { Timing } from './point-charge/process/routing.js';
import { createPointsAccounts } from './points/accounts.js';
import { createChargedPoints } from './points/charged-points.js';
import { createPointsSteps } from './points/create-points-steps.js';
import { pointsLedger } from './points/ledger/consumer.js';
import { createPointsHistory } from './points/ledger/history.js';
import { createPointsLedger } from './points/ledger/ledger.js';
import type { PointsLedgerTables } from './points/ledger/tables.js';
import type { PaymentProvider } from './provider.js';

type Options = {
  readonly store: EventStore;
  readonly db: Kysely<PointsLedgerTables>;
  readonly schema: string;
  readonly provider: PaymentProvider;
  readonly charging: Charging;
  readonly clock: () => number;
  readonly logger: Logger;
  readonly clientKey: string;
  readonly checkoutUrl: string | undefined;
  readonly providerTimeoutMs: number;
  readonly timing: Timing & { readonly askAgainMs: number };
  /** Hears when an effect its process wants done is due, before that is committed. */
  readonly onWanted: (dueAt: Date) => void;
};

/** Points and the buying of them, put together: what they offer, and what has to run for them. */
export const createPointParts = (o: Options) => {
  const { store, db, provider, charging, clock, logger, providerTimeoutMs, timing } = o;
  const pointsAccounts = createPointsAccounts({ store, clock });
  const points = createChargedPoints(pointsAccounts);
  const orders = createChargeOrders({ store, clock });
  const { credit } = points;
  const settlement = createChargeSettlement({ orders, charging, provider, credit, clock, logger, providerTimeoutMs });
  const { clientKey, checkoutUrl } = o;
  return {
    steps: createPointsSteps({ store, clock, logger }),
    pointCharges: createPointCharges({ orders, settlement, points, provider, clientKey, checkoutUrl, logger }),
    credit,
    pointsAccounts,
    pointsHistory: createPointsHistory(db),
    ledger: createPointsLedger(db),
    consumers: [pointChargeProcess(o.schema, timing, o.onWanted), pointsLedger],
    effectHandlers: chargeEffectHandlers({ settlement, clock, askAgainMs: timing.askAgainMs }),
  };
};
