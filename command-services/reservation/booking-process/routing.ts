import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import type { PaymentEvent } from '@tiketi/shared-kernel/contracts/events/payment.js';
import type { ReservationEvent } from '@tiketi/shared-kernel/contracts/events/reservation.js';
import { type OrderId, RefundId } from '@tiketi/shared-kernel/contracts/ids.js';
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

/** The one refund a cancelled booking gets. */
const CANCELLATION = RefundId.parse('cancelled');

/** Before refunds had names an order had at most one, and so had its effect. */
const refundEffect = (orderId: OrderId, refundId: RefundId): string =>
  refundId === 'closed' ? `refund:${orderId}` : `refund:${orderId}:${refundId}`;

/** Nothing more is to be found out about an order that was approved, declined or abandoned. */
const ended = (orderId: OrderId): string[] =>
  ['abandon', 'resolve', 'await-deposit', 'close-deposit', 'close-order'].map((kind) => `${kind}:${orderId}`);

type Routing = {
  readonly [T in BookingEventType]: 'ignored' | ((data: Extract<BookingEvent, { type: T }>['data']) => Step);
};

/**
 * The booking process (confirming a payment, steps 5 to 8, abandon and resolve), event by event. Pure: the process's state is its open
 * effects, and every effect is guarded by the stream it acts on, so that running it twice changes nothing.
 */
export const bookingRouting = (timing: Timing): Routing => ({
  InventoryOpened: 'ignored',
  SeatsBlocked: 'ignored',
  SeatsUnblocked: 'ignored',
  SectionsAdded: 'ignored',
  TicketTypeSet: 'ignored',
  SectionPricesChanged: 'ignored',
  SaleTermsChanged: 'ignored',
  SalesClosed: 'ignored',
  SalesReopened: 'ignored',
  // every booking of the performance is cancelled: see consumers.ts, which knows them
  SalesCancelled: 'ignored',
  ReservationOpened: 'ignored',
  PaymentPrepared: 'ignored',
  // an alarm of the payment service: a person has to look
  DepositReversed: 'ignored',

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
  VirtualAccountIssued: ({ reservationId, orderId, dueBy, issuedAt }) => ({
    want: [
      {
        kind: 'await-deposit',
        id: `await-deposit:${orderId}`,
        dueAt: after(issuedAt, timing.graceMs),
        payload: { reservationId, orderId, dueBy },
      },
    ],
    settle: [`resolve:${orderId}`],
  }),
  DepositAwaited: ({ reservationId, orderId, dueBy }) => ({
    want: [
      { kind: 'close-deposit', id: `close-deposit:${orderId}`, dueAt: new Date(dueBy), payload: { reservationId, orderId } },
    ],
    settle: [`await-deposit:${orderId}`],
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
    settle: ended(orderId),
  }),
  PaymentDeclined: ({ reservationId, orderId, pointAmount, declinedAt }) => ({
    want: [
      {
        kind: 'fail-payment',
        id: `fail-payment:${orderId}`,
        dueAt: after(declinedAt, timing.graceMs),
        payload: { reservationId, orderId, pointAmount, reason: 'declined' },
      },
    ],
    settle: ended(orderId),
  }),
  PaymentAbandoned: ({ reservationId, orderId, pointAmount, abandonedAt }) => ({
    want: [
      {
        kind: 'fail-payment',
        id: `fail-payment:${orderId}`,
        dueAt: new Date(abandonedAt),
        payload: { reservationId, orderId, pointAmount, reason: 'abandoned' },
      },
    ],
    settle: ended(orderId),
  }),
  PaymentAttemptFailed: ({ reservationId, orderId, reason, failedAt }) =>
    reason === 'cancelled'
      ? {
          want: [
            { kind: 'close-order', id: `close-order:${orderId}`, dueAt: new Date(failedAt), payload: { reservationId, orderId } },
          ],
          settle: [`await-deposit:${orderId}`, `close-deposit:${orderId}`],
        }
      : { ...nothing, settle: [`fail-payment:${orderId}`, ...ended(orderId)] },
  ReservationConfirmed: ({ reservationId, orderId, pointAmount, confirmedAt }) => {
    const payload = { reservationId, orderId };
    const dueAt = new Date(confirmedAt);
    const sell = { kind: 'sell', id: `sell:${reservationId}`, dueAt, payload } as const;
    const capture = { kind: 'capture-points', id: `capture-points:${orderId}`, dueAt, payload } as const;
    return {
      want: pointAmount > 0 ? [sell, capture] : [sell],
      settle: [`confirm:${orderId}`, `expire:${reservationId}`],
    };
  },
  ReservationCancelled: ({ reservationId, cause, refund, cancelledAt }) => {
    const dueAt = new Date(cancelledAt);
    const paid = refund !== null || cause === 'refunded_outside';
    const release = {
      kind: 'release',
      id: `release:${reservationId}`,
      dueAt,
      payload: { reservationId, reason: paid ? 'refunded' : 'cancelled' },
    } as const;
    const settle = [`expire:${reservationId}`, `sell:${reservationId}`, `cancel-for-show:${reservationId}`];
    if (refund === null || refund.amount === 0) return { want: [release], settle };
    const { orderId, amount } = refund;
    const reason = cause === 'show_cancelled' ? 'show_cancelled' : 'reservation_cancelled';
    const give = {
      kind: 'refund-order',
      id: `refund-order:${orderId}`,
      dueAt,
      payload: { reservationId, orderId, refundId: CANCELLATION, amount, reason },
    } as const;
    return { want: [release, give], settle };
  },
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
  PaymentRefundRequested: ({ reservationId, orderId, refundId, requestedAt }) => ({
    want: [
      {
        kind: 'refund',
        id: refundEffect(orderId, refundId),
        dueAt: after(requestedAt, timing.graceMs),
        payload: { reservationId, orderId, refundId },
      },
    ],
    settle: [`confirm:${orderId}`],
  }),
  PaymentRefunded: ({ orderId, refundId }) => ({
    ...nothing,
    settle:
      refundId === CANCELLATION
        ? [refundEffect(orderId, refundId), `refund-order:${orderId}`]
        : [refundEffect(orderId, refundId)],
  }),
  SeatsSold: ({ reservationId }) => ({ ...nothing, settle: [`sell:${reservationId}`] }),
  SeatsReleased: ({ reservationId }) => ({ ...nothing, settle: [`release:${reservationId}`] }),
});

/** The step of one event under a routing; nothing where the event is ignored. */
export const stepOf = (routing: Routing, event: BookingEvent): Step => {
  // the table is keyed by the event's own type, which TypeScript cannot follow through the index
  const route = routing[event.type] as 'ignored' | ((data: BookingEvent['data']) => Step);
  return route === 'ignored' ? nothing : route(event.data);
};

/**
 * What a batch of events comes to. Its last word about an effect counts: what it settles again was never wanted, and what it wants again is not
 * settled. An effect settled so leaves no closed row: asked for again later it would run again, which the stream it acts on must bear anyway.
 */
export const stepOfBatch = <E extends BookingEvent>(
  routing: Routing,
  batch: readonly E[],
): { readonly want: readonly { readonly event: E; readonly wanted: Wanted }[]; readonly settle: readonly string[] } => {
  const wishes = new Map<string, { readonly event: E; readonly wanted: Wanted }>();
  const settled = new Set<string>();
  for (const event of batch) {
    const { want, settle } = stepOf(routing, event);
    for (const id of settle) {
      wishes.delete(id);
      settled.add(id);
    }
    for (const wanted of want) {
      wishes.set(wanted.id, { event, wanted });
      settled.delete(wanted.id);
    }
  }
  return { want: [...wishes.values()], settle: [...settled] };
};
