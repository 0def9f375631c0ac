import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import { SeatId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { z } from 'zod';
import { placeOf } from './hall.js';
import type { Inventory } from './inventory.js';
import { hasSeat } from './seat-bits.js';

export const UnblockSeats = z.object({ seatIds: z.array(SeatId).readonly(), by: UserId, now: Instant });
export type UnblockSeats = z.infer<typeof UnblockSeats>;

export type UnblockRefusal = 'PerformanceNotFound' | 'SeatUnknown';

/** Gives seats that were kept from sale back to it; those that were not stay as they are. */
export const unblockSeats =
  (c: UnblockSeats) =>
  (s: Inventory): Decision<InventoryEvent, UnblockRefusal> => {
    if (s.status === 'unopened') return { refused: 'PerformanceNotFound' };
    const blocked = new Set<SeatId>();
    for (const seatId of c.seatIds) {
      const place = placeOf(s.hall, seatId);
      if (place === undefined) return { refused: 'SeatUnknown' };
      if (hasSeat(s.blocked, place.seat)) blocked.add(seatId);
    }
    if (blocked.size === 0) return { accepted: [] };
    const { performanceId } = s;
    return {
      accepted: [
        { type: 'SeatsUnblocked', data: { performanceId, seatIds: [...blocked], unblockedBy: c.by, unblockedAt: c.now } },
      ],
    };
  };
