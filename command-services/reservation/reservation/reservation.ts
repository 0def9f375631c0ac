import type { ReservationEvent } from '@tiketi/shared-kernel/contracts/events/reservation.js';
import type {
  OrderId,
  PerformanceId,
  ReservationId,
  ReservationNumber,
  ShowId,
  UserId,
} from '@tiketi/shared-kernel/contracts/ids.js';
import type { Won } from '@tiketi/shared-kernel/contracts/money.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Aggregate } from '@tiketi/shared-kernel/event-sourcing/decider.js';

export type Booking = {
  readonly reservationId: ReservationId;
  readonly reservationNumber: ReservationNumber;
  readonly performanceId: PerformanceId;
  readonly showId: ShowId;
  readonly userId: UserId;
  readonly totalAmount: Won;
  readonly heldAt: Instant;
  readonly holdUntil: Instant;
  readonly depositUntil: Instant;
  readonly refundPolicyVersion: number;
  /** Orders that ended without payment; none of them may start again. */
  readonly closedOrders: readonly OrderId[];
};

type OfOrder = { readonly booking: Booking; readonly orderId: OrderId; readonly pointAmount: Won };

export type Refund = { readonly orderId: OrderId; readonly amount: Won; readonly fee: Won; readonly policyVersion: number };

export type Reservation =
  | { readonly status: 'unopened' }
  | { readonly status: 'pending'; readonly booking: Booking }
  | ({ readonly status: 'paying'; readonly payBy: Instant } & OfOrder)
  /** A virtual account was issued and not paid into yet. */
  | ({ readonly status: 'awaitingDeposit'; readonly dueBy: Instant } & OfOrder)
  | ({ readonly status: 'confirmed' } & OfOrder)
  | { readonly status: 'cancelled'; readonly booking: Booking; readonly refund: Refund | null }
  | { readonly status: 'expired'; readonly booking: Booking };

export type OpenReservation = Exclude<Reservation, { status: 'unopened' }>;

const whenOpen = (state: Reservation, change: (booking: Booking) => OpenReservation): Reservation =>
  state.status === 'unopened' ? state : change(state.booking);

const closing = (booking: Booking, orderId: OrderId): Booking => ({
  ...booking,
  closedOrders: [...booking.closedOrders, orderId],
});

/** What an order of this reservation pays with points; 0 where it has none open. */
const pointsOf = (state: Reservation): Won => ('pointAmount' in state ? state.pointAmount : (0 as Won));

/** A booking's life (stream `reservation-{id}`); alone judges payment against expiry. */
export const reservation: Aggregate<Reservation, ReservationEvent> = {
  initial: { status: 'unopened' },
  evolve: {
    ReservationOpened: (_, { data }) => {
      const { seats: __, quantities: ___, openedAt: ____, ...rest } = data;
      return { status: 'pending', booking: { ...rest, closedOrders: [] } };
    },
    PaymentStarted: (state, { data: { orderId, pointAmount, payBy } }) =>
      whenOpen(state, (booking) => ({ status: 'paying', booking, orderId, pointAmount, payBy })),
    DepositAwaited: (state, { data: { orderId, dueBy } }) =>
      whenOpen(state, (booking) => ({ status: 'awaitingDeposit', booking, orderId, pointAmount: pointsOf(state), dueBy })),
    PaymentAttemptFailed: (state, { data }) =>
      whenOpen(state, (booking) => ({ status: 'pending', booking: closing(booking, data.orderId) })),
    ReservationConfirmed: (state, { data: { orderId, pointAmount } }) =>
      whenOpen(state, (booking) => ({ status: 'confirmed', booking, orderId, pointAmount })),
    ReservationCancelled: (state, { data: { refund } }) =>
      whenOpen(state, (booking) => ({ status: 'cancelled', booking, refund })),
    ReservationExpired: (state) => whenOpen(state, (booking) => ({ status: 'expired', booking })),
  },
};

/** An outcome that stays unknown is waited for at most this long past its time … */
const LONGEST_UNKNOWN_MS = 15 * 60_000;

/** … and a payment begun in the last moment of a long hold has this long all the same: its 90 s, the provider's 60 s, and to ask again. */
const LAST_PAYMENT_MS = 5 * 60_000;

/**
 * When the seats go at the latest, even with a payment still open: 15 minutes after they were held or 5 after the hold's end, whichever is
 * later (the same for a hold of 10 minutes); where a deposit is awaited, 15 minutes after its due date.
 */
export const lastCall = (open: { readonly heldAt: Instant; readonly holdUntil: Instant }, dueBy?: Instant): number =>
  dueBy === undefined
    ? Math.max(Date.parse(open.heldAt) + LONGEST_UNKNOWN_MS, Date.parse(open.holdUntil) + LAST_PAYMENT_MS)
    : Date.parse(dueBy) + LONGEST_UNKNOWN_MS;
