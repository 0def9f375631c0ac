import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import type { OrderId, ReservationId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import type { Inventory } from './inventory.js';

export type SellSeats = { readonly reservationId: ReservationId; readonly orderId: OrderId; readonly now: Instant };

/** The consequence of a confirmed reservation; a refusal here means two streams disagree and is an alarm. */
export const sellSeats =
  (c: SellSeats) =>
  (s: Inventory): Decision<InventoryEvent, 'HoldUnknown' | 'HoldReleased'> => {
    const hold = s.status === 'unopened' ? undefined : s.holds.get(c.reservationId);
    if (s.status === 'unopened' || hold === undefined) return { refused: 'HoldUnknown' };
    if (hold.status === 'released') return { refused: 'HoldReleased' };
    if (hold.status === 'sold') return { accepted: [] };
    const { performanceId } = s;
    return {
      accepted: [
        { type: 'SeatsSold', data: { performanceId, reservationId: c.reservationId, orderId: c.orderId, soldAt: c.now } },
      ],
    };
  };
