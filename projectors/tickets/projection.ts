import { allEvents, type TiketiEvent } from '@tiketi/shared-kernel/contracts/events/catalog-of-events.js';
import { createCodec, type Recorded } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import { defineProjection, type Projection } from '@tiketi/shared-kernel/event-sourcing/projections/projection.js';
import { reservationHandlers } from './reservation-rows.js';
import type { TicketsTables } from './schema.js';
import { showHandlers } from './show-rows.js';

const keyOf = ({ data, stream }: Recorded<TiketiEvent>): string => {
  if ('reservationId' in data) return data.reservationId;
  if ('performanceId' in data) return data.performanceId;
  return 'showId' in data ? data.showId : stream;
};

/** Raised when rows built by older handlers would be wrong; see rebuild-in-place.ts for what then happens. */
export const TICKETS_VERSION = 2;

/** Every reservation as its buyer reads it, in the tables of `schema` (see schema.ts). */
export const ticketsProjection = (schema: string, events = createCodec(allEvents)): Projection => {
  const reservations = reservationHandlers(schema);
  const shows = showHandlers(schema);

  return defineProjection<TicketsTables>({
    name: 'tickets',
    version: TICKETS_VERSION,
    events,
    keyOf,
    onFailure: 'park',
    // rows of different keys meet only when they are read
    order: 'key',
    handlers: {
      ShowCreated: shows.named,
      ShowDetailsChanged: shows.named,
      PerformanceScheduled: shows.scheduled,
      SeatsHeld: reservations.held,
      PaymentStarted: reservations.paymentStarted,
      DepositAwaited: reservations.depositAwaited,
      PaymentAttemptFailed: reservations.attemptFailed,
      PaymentApproved: reservations.approved,
      PaymentRefunded: reservations.refunded,
      ReservationConfirmed: reservations.confirmed,
      ReservationCancelled: reservations.cancelled,
      ReservationExpired: reservations.expired,
      // the reservation's own stream says all that follows from these
      ReservationOpened: 'ignored',
      InventoryOpened: 'ignored',
      SeatsSold: 'ignored',
      SeatsReleased: 'ignored',
      SeatsBlocked: 'ignored',
      SeatsUnblocked: 'ignored',
      SectionsAdded: 'ignored',
      SectionPricesChanged: 'ignored',
      TicketTypeSet: 'ignored',
      SaleTermsChanged: 'ignored',
      SalesClosed: 'ignored',
      SalesReopened: 'ignored',
      SalesCancelled: 'ignored',
      RefundPolicySet: 'ignored',
      ShowCancelled: 'ignored',
      SeatLayoutDefined: 'ignored',
      PaymentPrepared: 'ignored',
      PaymentConfirmRequested: 'ignored',
      PaymentDeclined: 'ignored',
      PaymentAbandoned: 'ignored',
      PaymentRefundRequested: 'ignored',
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
};
