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

type Booked = {
  readonly reservationId: ReservationId;
  readonly reservationNumber: ReservationNumber;
  readonly performanceId: PerformanceId;
  readonly showId: ShowId;
  readonly userId: UserId;
  readonly seatCount: number;
  readonly totalAmount: Won;
  readonly heldAt: Instant;
  readonly holdUntil: Instant;
  /** Orders that ended without payment; none of them may start again. */
  readonly closedOrders: readonly OrderId[];
};

export type Reservation =
  | { readonly status: 'unopened' }
  | (Booked & { readonly status: 'pending' })
  | (Booked & { readonly status: 'paying'; readonly orderId: OrderId; readonly payBy: Instant })
  | (Booked & { readonly status: 'confirmed'; readonly orderId: OrderId })
  | (Booked & { readonly status: 'cancelled' })
  | (Booked & { readonly status: 'expired' });

export type OpenReservation = Exclude<Reservation, { status: 'unopened' }>;

const booked = ({ status: _, ...rest }: OpenReservation): Booked => {
  const {
    reservationId,
    reservationNumber,
    performanceId,
    showId,
    userId,
    seatCount,
    totalAmount,
    heldAt,
    holdUntil,
    closedOrders,
  } = rest;
  return {
    reservationId,
    reservationNumber,
    performanceId,
    showId,
    userId,
    seatCount,
    totalAmount,
    heldAt,
    holdUntil,
    closedOrders,
  };
};

const whenOpen = (state: Reservation, change: (open: Booked) => OpenReservation): Reservation =>
  state.status === 'unopened' ? state : change(booked(state));

/** A booking's life (stream `reservation-{id}`); alone judges payment against expiry. */
export const reservation: Aggregate<Reservation, ReservationEvent> = {
  initial: { status: 'unopened' },
  evolve: {
    ReservationOpened: (_, { data }) => {
      const { seats, openedAt: __, ...rest } = data;
      return { status: 'pending', ...rest, seatCount: seats.length, closedOrders: [] };
    },
    PaymentStarted: (state, { data }) =>
      whenOpen(state, (open) => ({ ...open, status: 'paying', orderId: data.orderId, payBy: data.payBy })),
    PaymentAttemptFailed: (state, { data }) =>
      whenOpen(state, (open) => ({ ...open, status: 'pending', closedOrders: [...open.closedOrders, data.orderId] })),
    ReservationConfirmed: (state, { data }) =>
      whenOpen(state, (open) => ({ ...open, status: 'confirmed', orderId: data.orderId })),
    ReservationCancelled: (state) => whenOpen(state, (open) => ({ ...open, status: 'cancelled' })),
    ReservationExpired: (state) => whenOpen(state, (open) => ({ ...open, status: 'expired' })),
  },
};

/** Seats of an order whose outcome stays unknown go back at latest this long after the hold. */
const LONGEST_UNKNOWN_MS = 15 * 60_000;

/** When the seats go at the latest, even with a payment still open: 15 minutes after the hold, or its end where that is later. */
export const lastCall = (open: { readonly heldAt: Instant; readonly holdUntil: Instant }): number =>
  Math.max(Date.parse(open.heldAt) + LONGEST_UNKNOWN_MS, Date.parse(open.holdUntil));
