import type { ReservationEvent } from '@tiketi/shared-kernel/contracts/events/reservation.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Booking, Refund, Reservation } from './reservation.js';

type Cancelled = Extract<ReservationEvent, { type: 'ReservationCancelled' }>;
type Cause = Cancelled['data']['cause'];

export const cancelled = (
  { reservationId, performanceId }: Booking,
  cause: Cause,
  refund: Refund | null,
  now: Instant,
): Cancelled => ({
  type: 'ReservationCancelled',
  data: { reservationId, performanceId, cancelledAt: now, cause, refund },
});

/** An order under way is closed with the reservation; what it may still charge goes back. */
export const givenUp = (
  { booking, orderId }: Extract<Reservation, { status: 'paying' | 'awaitingDeposit' }>,
  cause: Cause,
  now: Instant,
): ReservationEvent[] => [
  {
    type: 'PaymentAttemptFailed',
    data: { reservationId: booking.reservationId, orderId, reason: 'cancelled', failedAt: now },
  },
  cancelled(booking, cause, null, now),
];
