import type { ReservationEvent } from '@tiketi/shared-kernel/contracts/events/reservation.js';
import type { OrderId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { cancelled } from './cancelling.js';
import type { Reservation } from './reservation.js';

export type RefundedOutside = { readonly orderId: OrderId; readonly now: Instant };

/** The charge went back without our asking (at the provider's console): nothing pays for the booking any more. */
export const refundedOutside =
  (c: RefundedOutside) =>
  (s: Reservation): Decision<ReservationEvent, 'ReservationNotFound'> => {
    if (s.status === 'unopened') return { refused: 'ReservationNotFound' };
    if (s.status !== 'confirmed' || s.orderId !== c.orderId) return { accepted: [] };
    return { accepted: [cancelled(s.booking, 'refunded_outside', null, c.now)] };
  };
