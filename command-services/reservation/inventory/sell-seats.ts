import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import { OrderId, ReservationId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { z } from 'zod';
import { isClosed } from './closed-holds.js';
import type { Inventory } from './inventory.js';

export const SellSeats = z.object({ reservationId: ReservationId, orderId: OrderId, now: Instant });
export type SellSeats = z.infer<typeof SellSeats>;

export type SellRefusal = 'HoldUnknown' | 'HoldReleased';

/** The consequence of a confirmed reservation; a refusal here means two streams disagree and is an alarm. */
export const sellSeats =
  (c: SellSeats) =>
  (s: Inventory): Decision<InventoryEvent, SellRefusal> => {
    if (s.status === 'unopened') return { refused: 'HoldUnknown' };
    const hold = s.holds.get(c.reservationId);
    if (hold === undefined) return { refused: isClosed(s.closed, c.reservationId) ? 'HoldReleased' : 'HoldUnknown' };
    if (hold.status === 'sold') return { accepted: [] };
    const { performanceId } = s;
    return {
      accepted: [
        { type: 'SeatsSold', data: { performanceId, reservationId: c.reservationId, orderId: c.orderId, soldAt: c.now } },
      ],
    };
  };
