import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import type { ReservationId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import type { Inventory } from './inventory.js';

export type ReleaseSeats = {
  readonly reservationId: ReservationId;
  readonly reason: 'expired' | 'cancelled';
  readonly now: Instant;
};

/** The consequence of an expired or cancelled reservation. Sold seats are never released by it. */
export const releaseSeats =
  (c: ReleaseSeats) =>
  (s: Inventory): Decision<InventoryEvent, 'HoldUnknown' | 'AlreadySold'> => {
    const hold = s.status === 'unopened' ? undefined : s.holds.get(c.reservationId);
    if (s.status === 'unopened' || hold === undefined) return { refused: 'HoldUnknown' };
    if (hold.status === 'sold') return { refused: 'AlreadySold' };
    if (hold.status === 'released') return { accepted: [] };
    const { performanceId } = s;
    return {
      accepted: [
        {
          type: 'SeatsReleased',
          data: { performanceId, reservationId: c.reservationId, reason: c.reason, releasedAt: c.now },
        },
      ],
    };
  };
