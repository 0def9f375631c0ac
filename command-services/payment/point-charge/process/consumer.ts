import { pointChargeEvents } from '@tiketi/shared-kernel/contracts/events/point-charge.js';
import { pointsEvents } from '@tiketi/shared-kernel/contracts/events/points.js';
import { createCodec, type Recorded } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import type { Consumer } from '@tiketi/shared-kernel/event-sourcing/consumers/consumer.js';
import { addEffects, closeEffects, type NewEffect } from '@tiketi/shared-kernel/event-sourcing/consumers/effects.js';
import type { Transaction } from 'kysely';
import { type ChargeProcessEvent, stepOfCharge, type Timing } from './routing.js';

/** The name of the consumer below. */
export const POINT_CHARGES = 'point-charges';

const codec = createCodec({ ...pointChargeEvents, PointsCharged: pointsEvents.PointsCharged });

/**
 * Writes and closes the effects of point charges in `schema`; the order is the unit of order and of parking. `onWanted` hears, before the
 * batch is committed, when each of its effects is due.
 */
export const pointChargeProcess = (
  schema: string,
  timing: Timing,
  onWanted: (dueAt: Date) => void = () => undefined,
): Consumer => {
  const stepOf = stepOfCharge(timing);
  return {
    name: POINT_CHARGES,
    codec,
    handles: new Set(codec.types),
    keyOf: (event: Recorded<ChargeProcessEvent>) => event.data.orderId,
    apply: async (tx: Transaction<unknown>, batch: readonly Recorded<ChargeProcessEvent>[]) => {
      const wanted: NewEffect[] = [];
      const settled: string[] = [];
      for (const event of batch) {
        const { orderId } = event.data;
        const step = stepOf(event);
        const origin = { correlationId: event.metadata.$correlationId, causationId: event.id };
        wanted.push(...step.want.map((one) => ({ ...one, key: orderId, payload: { orderId }, ...origin })));
        settled.push(...step.settle);
      }
      await addEffects(tx, schema, wanted);
      await closeEffects(tx, schema, settled);
      for (const { dueAt } of wanted) onWanted(dueAt);
    },
    onFailure: 'park',
  };
};
