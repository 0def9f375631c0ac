import { pointsEvents } from '@tiketi/shared-kernel/contracts/events/points.js';
import type { OrderId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { pointsStream } from '@tiketi/shared-kernel/contracts/streams.js';
import { createCodec } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import type { EventStore } from '@tiketi/shared-kernel/event-sourcing/event-store/port.js';
import type { PointTotals } from './compare.js';

const KIND = {
  PointsCharged: 'charge',
  PointsHeld: 'hold',
  PointsCaptured: 'capture',
  PointsHoldVoided: 'void',
  PointsRefunded: 'refund',
} as const satisfies Record<keyof typeof pointsEvents, keyof PointTotals>;

export type FindPointTotals = (userId: UserId, orderId: OrderId) => Promise<PointTotals>;

/** What one order did with its buyer's points, added up from the stream that decides. Throws on an event it cannot read. */
export const createFindPointTotals = (store: Pick<EventStore, 'readStream'>): FindPointTotals => {
  const codec = createCodec(pointsEvents);
  return async (userId, orderId) => {
    const totals = { charge: 0, hold: 0, capture: 0, void: 0, refund: 0 };
    for await (const stored of store.readStream(pointsStream(userId))) {
      const decoded = codec.decode(stored);
      if (decoded.kind !== 'event') throw new Error(`${stored.stream}@${stored.revision} cannot be read`);
      const { type, data } = decoded.event;
      if (data.orderId === orderId) totals[KIND[type]] += data.amount;
    }
    return totals;
  };
};
