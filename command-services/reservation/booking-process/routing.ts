import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import type { PaymentEvent } from '@tiketi/shared-kernel/contracts/events/payment.js';
import type { ReservationEvent } from '@tiketi/shared-kernel/contracts/events/reservation.js';
import { type Instant, millisecondsOf } from '@tiketi/shared-kernel/contracts/time.js';
import type { Wanted } from './effects.js';

export type BookingEvent = InventoryEvent | ReservationEvent | PaymentEvent;

export type BookingEventType = BookingEvent['type'];

/** What an event makes the process want done, and which earlier wishes it settles. */
export type Step = { readonly want: readonly Wanted[]; readonly settle: readonly string[] };

export type Timing = {
  /** A confirm whose outcome is not known this long after its intent is asked for; past the provider's own 60 s. */
  readonly resolveAfterMs: number;
  /** The request handler finishes what it began; the process steps in only after this. */
  readonly graceMs: number;
};

const after = (instant: Instant, milliseconds: number): Date => new Date(millisecondsOf(instant) + milliseconds);

const nothing: Step = { want: [], settle: [] };

type Routing = {
  readonly [T in BookingEventType]: 'ignored' | ((data: Extract<BookingEvent, { type: T }>['data']) => Step);
};

/**
 * The booking process (confirming a payment, steps 5 to 8, abandon and resolve), event by event. Pure: the process's state is its open
 * effects, and every effect is guarded by the stream it acts on, so that running it twice changes nothing.
 */
export const bookingRouting = (timing: Timing): Routing => ({
  InventoryOpened: 'ignored',
  SalesCancelled: 'ignored',
  ReservationOpened: 'ignored',
  PaymentPrepared: 'ignored',

  SeatsHeld: ({ reservationId, holdUntil }) => ({
    ...nothing,
    want: [{ kind: 'expire', id: `expire:${reservationId}`, dueAt: new Date(holdUntil), payload: { reservationId } }],
  }),
  PaymentStarted: ({ reservationId, orderId, payBy }) => ({
    ...nothing,
    want: [{ kind: 'abandon', id: `abandon:${orderId}`, dueAt: new Date(payBy), payload: { reservationId, orderId } }],
  }),
  PaymentConfirmRequested: ({ reservationId, orderId, requestedAt }) => ({
    want: [
      {
        kind: 'resolve',
        id: `resolve:${orderId}`,
        dueAt: after(requestedAt, timing.resolveAfterMs),
        payload: { reservationId, orderId },
      },
    ],
    settle: [`abandon:${orderId}`],
  }),
  PaymentApproved: ({ reservationId, orderId, approvedAt }) => ({
    want: [
      {
        kind: 'confirm',
        id: `confirm:${orderId}`,
        dueAt: after(approvedAt, timing.graceMs),
        payload: { reservationId, orderId },
      },
    ],
    settle: [`resolve:${orderId}`],
  }),
  PaymentDeclined: ({ reservationId, orderId, declinedAt }) => ({
    want: [
      {
        kind: 'fail-payment',
        id: `fail-payment:${orderId}`,
        dueAt: after(declinedAt, timing.graceMs),
        payload: { reservationId, orderId, reason: 'declined' },
      },
    ],
    settle: [`resolve:${orderId}`],
  }),
  PaymentAbandoned: ({ reservationId, orderId, abandonedAt }) => ({
    want: [
      {
        kind: 'fail-payment',
        id: `fail-payment:${orderId}`,
        dueAt: new Date(abandonedAt),
        payload: { reservationId, orderId, reason: 'abandoned' },
      },
    ],
    settle: [`abandon:${orderId}`],
  }),
  PaymentAttemptFailed: ({ orderId }) => ({ ...nothing, settle: [`fail-payment:${orderId}`, `abandon:${orderId}`] }),
  ReservationConfirmed: ({ reservationId, orderId, confirmedAt }) => ({
    want: [{ kind: 'sell', id: `sell:${reservationId}`, dueAt: new Date(confirmedAt), payload: { reservationId, orderId } }],
    settle: [`confirm:${orderId}`, `expire:${reservationId}`],
  }),
  ReservationCancelled: ({ reservationId, cancelledAt }) => ({
    want: [
      {
        kind: 'release',
        id: `release:${reservationId}`,
        dueAt: new Date(cancelledAt),
        payload: { reservationId, reason: 'cancelled' },
      },
    ],
    settle: [`expire:${reservationId}`],
  }),
  ReservationExpired: ({ reservationId, expiredAt }) => ({
    want: [
      {
        kind: 'release',
        id: `release:${reservationId}`,
        dueAt: new Date(expiredAt),
        payload: { reservationId, reason: 'expired' },
      },
    ],
    settle: [`expire:${reservationId}`],
  }),
  PaymentRefundRequested: ({ reservationId, orderId, requestedAt }) => ({
    want: [
      { kind: 'refund', id: `refund:${orderId}`, dueAt: after(requestedAt, timing.graceMs), payload: { reservationId, orderId } },
    ],
    settle: [`confirm:${orderId}`],
  }),
  PaymentRefunded: ({ orderId }) => ({ ...nothing, settle: [`refund:${orderId}`] }),
  SeatsSold: ({ reservationId }) => ({ ...nothing, settle: [`sell:${reservationId}`] }),
  SeatsReleased: ({ reservationId }) => ({ ...nothing, settle: [`release:${reservationId}`] }),
});

/** The step of one event under a routing; nothing where the event is ignored. */
export const stepOf = (routing: Routing, event: BookingEvent): Step => {
  // the table is keyed by the event's own type, which TypeScript cannot follow through the index
  const route = routing[event.type] as 'ignored' | ((data: BookingEvent['data']) => Step);
  return route === 'ignored' ? nothing : route(event.data);
};
