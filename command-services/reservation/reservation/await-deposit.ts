import type { ReservationEvent } from '@tiketi/shared-kernel/contracts/events/reservation.js';
import type { OrderId } from '@tiketi/shared-kernel/contracts/ids.js';
import { type Instant, millisecondsOf } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import type { Reservation } from './reservation.js';

/** `dueBy` is when the provider's account closes; a transfer after it is not counted on. */
export type AwaitDeposit = { readonly orderId: OrderId; readonly dueBy: Instant; readonly now: Instant };

export type AwaitDepositRefusal = 'ReservationNotFound' | 'NotPaying' | 'PaidByAnother' | 'DepositNotOffered';

const earlier = (a: Instant, b: Instant): Instant => (millisecondsOf(a) <= millisecondsOf(b) ? a : b);

/** The order's virtual account is open: the reservation waits until its due date, at most until the show's own limit. */
export const awaitDeposit =
  (c: AwaitDeposit) =>
  (s: Reservation): Decision<ReservationEvent, AwaitDepositRefusal> => {
    if (s.status === 'unopened') return { refused: 'ReservationNotFound' };
    if (s.status === 'confirmed' || s.status === 'awaitingDeposit')
      return s.orderId === c.orderId ? { accepted: [] } : { refused: 'PaidByAnother' };
    if (s.status !== 'paying') return { refused: 'NotPaying' };
    if (s.orderId !== c.orderId) return { refused: 'PaidByAnother' };
    const { reservationId, depositUntil } = s.booking;
    if (millisecondsOf(depositUntil) <= millisecondsOf(s.booking.holdUntil)) return { refused: 'DepositNotOffered' };
    const dueBy = earlier(c.dueBy, depositUntil);
    return { accepted: [{ type: 'DepositAwaited', data: { reservationId, orderId: c.orderId, dueBy, awaitedAt: c.now } }] };
  };
