import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import { SeatId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { z } from 'zod';
import { placeOf } from './hall.js';
import type { Inventory } from './inventory.js';
import { hasSeat } from './seat-bits.js';

export const BlockSeats = z.object({ seatIds: z.array(SeatId).readonly(), by: UserId, now: Instant });
export type BlockSeats = z.infer<typeof BlockSeats>;

export type BlockRefusal = 'PerformanceNotFound' | 'SeatUnknown' | 'SeatInUse';

/** Keeps seats from sale, all of them or none: never one that is held or sold. Those kept already stay so. */
export const blockSeats =
  (c: BlockSeats) =>
  (s: Inventory): Decision<InventoryEvent, BlockRefusal> => {
    if (s.status === 'unopened') return { refused: 'PerformanceNotFound' };
    const free = new Set<SeatId>();
    let inUse = false;
    for (const seatId of c.seatIds) {
      const place = placeOf(s.hall, seatId);
      if (place === undefined) return { refused: 'SeatUnknown' };
      if (hasSeat(s.taken, place.seat)) inUse = true;
      else if (!hasSeat(s.blocked, place.seat)) free.add(seatId);
    }
    if (inUse) return { refused: 'SeatInUse' };
    if (free.size === 0) return { accepted: [] };
    const { performanceId } = s;
    return {
      accepted: [{ type: 'SeatsBlocked', data: { performanceId, seatIds: [...free], blockedBy: c.by, blockedAt: c.now } }],
    };
  };
