import { allEvents, type TiketiEvent } from '@tiketi/shared-kernel/contracts/events/catalog-of-events.js';
import { createCodec, type Recorded } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import { defineProjection, type Projection } from '@tiketi/shared-kernel/event-sourcing/projections/projection.js';
import type { Transaction } from 'kysely';
import { saleHandlers } from './sale-changes.js';
import type { CatalogTables } from './schema.js';
import { isSeatEvent } from './seat-changes.js';
import { detailColumns, layoutRow, performanceRow, showRow } from './show-rows.js';
import { createSeatHandler } from './store-seats.js';

type Tx = Transaction<CatalogTables>;

const keyOf = ({ type, data, stream }: Recorded<TiketiEvent>): string => {
  if (type === 'SeatLayoutDefined') return data.layoutId;
  if ('performanceId' in data) return data.performanceId;
  return 'showId' in data ? data.showId : stream;
};

/** Neighbours that are all seat events, or all something else. */
const runsOf = (batch: readonly Recorded<TiketiEvent>[]): Recorded<TiketiEvent>[][] => {
  const runs: Recorded<TiketiEvent>[][] = [];
  for (const event of batch) {
    const run = runs.at(-1);
    const first = run?.[0];
    if (run !== undefined && first !== undefined && isSeatEvent(first) === isSeatEvent(event)) run.push(event);
    else runs.push([event]);
  }
  return runs;
};

const showHandlers = (schema: string) => ({
  created: async (tx: Tx, events: readonly Parameters<typeof showRow>[0][]) => {
    const rows = events.map(showRow);
    await tx
      .withSchema(schema)
      .insertInto('shows')
      .values(rows)
      .onConflict((c) => c.doNothing())
      .execute();
  },
  scheduled: async (tx: Tx, events: readonly Parameters<typeof performanceRow>[0][]) => {
    const rows = events.map(performanceRow);
    await tx
      .withSchema(schema)
      .insertInto('performances')
      .values(rows)
      .onConflict((c) => c.doNothing())
      .execute();
  },
  layoutDefined: async (tx: Tx, events: readonly Parameters<typeof layoutRow>[0][]) => {
    const rows = events.map(layoutRow);
    await tx
      .withSchema(schema)
      .insertInto('layouts')
      .values(rows)
      .onConflict((c) => c.doNothing())
      .execute();
  },
});

/** Raised when rows built by older handlers would be wrong; see rebuild-in-place.ts for what then happens. */
export const CATALOG_VERSION = 2;

/** Shows, performances with live seats and places, layouts and refund policies, in the tables of `schema` (see schema.ts). */
export const catalogProjection = (schema: string, events = createCodec(allEvents)): Projection => {
  const { created, scheduled, layoutDefined } = showHandlers(schema);
  const seats = createSeatHandler(schema);
  const sale = saleHandlers(schema);

  const projection = defineProjection<CatalogTables>({
    name: 'catalog',
    version: CATALOG_VERSION,
    events,
    keyOf,
    onFailure: 'park',
    handlers: {
      SeatLayoutDefined: layoutDefined,
      ShowCreated: created,
      ShowDetailsChanged: async (tx, events) => {
        for (const { data } of events) {
          const changes = { ...detailColumns(data.details), updated_at: new Date(data.changedAt) };
          await tx.withSchema(schema).updateTable('shows').set(changes).where('id', '=', data.showId).execute();
        }
      },
      PerformanceScheduled: scheduled,
      ShowCancelled: async (tx, events) => {
        for (const { data } of events) {
          const at = new Date(data.cancelledAt);
          const changes = { cancelled_at: at, updated_at: at };
          await tx.withSchema(schema).updateTable('shows').set(changes).where('id', '=', data.showId).execute();
        }
      },
      RefundPolicySet: async (tx, events) => {
        const rows = events.map(({ data: { showId, policy, setAt } }) => ({
          show_id: showId,
          version: policy.version,
          policy: JSON.stringify(policy),
          set_at: new Date(setAt),
        }));
        await tx
          .withSchema(schema)
          .insertInto('refund_policies')
          .values(rows)
          .onConflict((c) => c.doNothing())
          .execute();
      },
      InventoryOpened: sale.opened,
      SeatsHeld: seats,
      SeatsSold: seats,
      SeatsReleased: seats,
      SeatsBlocked: seats,
      SeatsUnblocked: seats,
      SectionsAdded: sale.sectionsAdded,
      SectionPricesChanged: sale.pricesChanged,
      TicketTypeSet: sale.ticketTypeSet,
      SaleTermsChanged: sale.termsChanged,
      SalesClosed: sale.salesClosed,
      SalesReopened: sale.salesReopened,
      SalesCancelled: sale.salesCancelled,
      ReservationOpened: 'ignored',
      PaymentStarted: 'ignored',
      DepositAwaited: 'ignored',
      PaymentAttemptFailed: 'ignored',
      ReservationConfirmed: 'ignored',
      ReservationCancelled: 'ignored',
      ReservationExpired: 'ignored',
      PaymentPrepared: 'ignored',
      PaymentConfirmRequested: 'ignored',
      PaymentApproved: 'ignored',
      PaymentDeclined: 'ignored',
      PaymentAbandoned: 'ignored',
      PaymentRefundRequested: 'ignored',
      PaymentRefunded: 'ignored',
      VirtualAccountIssued: 'ignored',
      DepositReversed: 'ignored',
      PointChargePrepared: 'ignored',
      PointChargeRequested: 'ignored',
      PointChargeApproved: 'ignored',
      PointChargeDeclined: 'ignored',
      PointsCharged: 'ignored',
      PointsHeld: 'ignored',
      PointsCaptured: 'ignored',
      PointsHoldVoided: 'ignored',
      PointsRefunded: 'ignored',
      UserRegistered: 'ignored',
      RoleGranted: 'ignored',
    },
  });

  return {
    ...projection,
    // a sale mixes the seat events finely: taken together, a batch still writes each performance once
    apply: async (tx, batch) => {
      for (const run of runsOf(batch)) {
        if (run.every(isSeatEvent)) await seats(tx as Tx, run);
        else await projection.apply(tx, run);
      }
    },
  };
};
