import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import { ReservationId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { z } from 'zod';
import { isClosed } from './closed-holds.js';
import type { Inventory } from './inventory.js';

export const ReleaseSeats = z.object({
  reservationId: ReservationId,
  reason: z.enum(['expired', 'cancelled', 'refunded']),
  now: Instant,
});
export type ReleaseSeats = z.infer<typeof ReleaseSeats>;

export type ReleaseRefusal = 'HoldUnknown' | 'AlreadySold';

/**
 * The consequence of a reservation that ended: of one never paid (`expired`, `cancelled`), whose seats cannot have been sold, or of a
 * confirmed one that was given up (`refunded`), whose seats come back even where the sale itself was not written down yet.
 */
export const releaseSeats =
  (c: ReleaseSeats) =>
  (s: Inventory): Decision<InventoryEvent, ReleaseRefusal> => {
    if (s.status === 'unopened') return { refused: 'HoldUnknown' };
    const hold = s.holds.get(c.reservationId);
    if (hold === undefined) return isClosed(s.closed, c.reservationId) ? { accepted: [] } : { refused: 'HoldUnknown' };
    if (hold.status === 'sold' && c.reason !== 'refunded') return { refused: 'AlreadySold' };
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
