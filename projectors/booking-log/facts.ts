import type { TiketiEvent } from '@tiketi/shared-kernel/contracts/events/catalog-of-events.js';
import type { LoggedFacts, LoggedType } from './schema.js';

type DataOf<T extends TiketiEvent['type']> = Extract<TiketiEvent, { type: T }>['data'];

/** Total over all of Tiketi's events: those of a booking say what a line tells of them, all others are none of its. */
export const loggedFacts: {
  readonly [T in TiketiEvent['type']]: T extends LoggedType ? (data: DataOf<T>) => LoggedFacts : 'ignored';
} = {
  SeatsHeld: ({ reservationNumber, seats, quantities, totalAmount, holdUntil }) => ({
    number: reservationNumber,
    seats: seats.length,
    places: quantities.reduce((sum, { quantity }) => sum + quantity, 0),
    amount: totalAmount,
    until: holdUntil,
  }),
  SeatsSold: ({ orderId }) => ({ orderId }),
  SeatsReleased: ({ reason }) => ({ reason }),

  ReservationOpened: () => ({}),
  PaymentStarted: ({ orderId, pointAmount, payBy }) => ({ orderId, points: pointAmount, until: payBy }),
  DepositAwaited: ({ orderId, dueBy }) => ({ orderId, until: dueBy }),
  PaymentAttemptFailed: ({ orderId, reason }) => ({ orderId, reason }),
  ReservationConfirmed: ({ orderId, pointAmount }) => ({ orderId, points: pointAmount }),
  ReservationCancelled: ({ cause, refund }) => ({
    reason: cause,
    ...(refund === null ? {} : { orderId: refund.orderId, amount: refund.amount, fee: refund.fee }),
  }),
  ReservationExpired: () => ({}),

  PaymentPrepared: ({ orderId, amount, cardAmount, pointAmount }) => ({
    orderId,
    amount,
    card: cardAmount,
    points: pointAmount,
  }),
  PaymentConfirmRequested: ({ orderId }) => ({ orderId }),
  VirtualAccountIssued: ({ orderId, dueBy }) => ({ orderId, until: dueBy }),
  PaymentApproved: ({ orderId, cardAmount, pointAmount }) => ({ orderId, card: cardAmount, points: pointAmount }),
  PaymentDeclined: ({ orderId, pointAmount, code }) => ({ orderId, points: pointAmount, reason: code }),
  PaymentAbandoned: ({ orderId, pointAmount }) => ({ orderId, points: pointAmount }),
  PaymentRefundRequested: ({ orderId, refundId, cardAmount, pointAmount, reason }) => ({
    orderId,
    refundId,
    card: cardAmount,
    points: pointAmount,
    reason,
  }),
  PaymentRefunded: ({ orderId, refundId, cardAmount, pointAmount }) => ({
    orderId,
    refundId,
    card: cardAmount,
    points: pointAmount,
  }),
  DepositReversed: ({ orderId }) => ({ orderId }),

  PointsHeld: ({ orderId, amount }) => ({ orderId, points: amount }),
  PointsCaptured: ({ orderId, amount }) => ({ orderId, points: amount }),
  PointsHoldVoided: ({ orderId, amount }) => ({ orderId, points: amount }),
  PointsRefunded: ({ orderId, refundId, amount }) => ({ orderId, refundId, points: amount }),

  // buying points is no booking
  PointsCharged: 'ignored',
  PointChargePrepared: 'ignored',
  PointChargeRequested: 'ignored',
  PointChargeApproved: 'ignored',
  PointChargeDeclined: 'ignored',
  // facts of a show or a performance, of which bookings there may be many
  InventoryOpened: 'ignored',
  SeatsBlocked: 'ignored',
  SeatsUnblocked: 'ignored',
  SectionsAdded: 'ignored',
  SectionPricesChanged: 'ignored',
  TicketTypeSet: 'ignored',
  SaleTermsChanged: 'ignored',
  SalesClosed: 'ignored',
  SalesReopened: 'ignored',
  SalesCancelled: 'ignored',
  ShowCreated: 'ignored',
  ShowDetailsChanged: 'ignored',
  PerformanceScheduled: 'ignored',
  RefundPolicySet: 'ignored',
  ShowCancelled: 'ignored',
  SeatLayoutDefined: 'ignored',
  UserRegistered: 'ignored',
  RoleGranted: 'ignored',
};
