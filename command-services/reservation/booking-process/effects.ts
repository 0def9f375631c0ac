import { showEvents } from '@tiketi/shared-kernel/contracts/events/show.js';
import { OrderId, ReservationId } from '@tiketi/shared-kernel/contracts/ids.js';
import { z } from 'zod';

const ofReservation = { reservationId: ReservationId };
const ofOrder = { reservationId: ReservationId, orderId: OrderId };

/** What the processes of this service may want done, by kind; rows are parsed with these when they are run. */
export const effectPayloads = {
  'open-inventory': showEvents.PerformanceScheduled.data,
  expire: z.object(ofReservation),
  abandon: z.object(ofOrder),
  resolve: z.object(ofOrder),
  confirm: z.object(ofOrder),
  'fail-payment': z.object({ ...ofOrder, reason: z.enum(['declined', 'abandoned']) }),
  sell: z.object(ofOrder),
  release: z.object({ ...ofReservation, reason: z.enum(['expired', 'cancelled']) }),
  refund: z.object(ofOrder),
};
export type EffectKind = keyof typeof effectPayloads;

/** An effect before it becomes a row: the row's key and its correlation come from the event. */
export type Wanted = {
  [K in EffectKind]: {
    readonly kind: K;
    readonly id: string;
    readonly dueAt: Date;
    readonly payload: z.infer<(typeof effectPayloads)[K]>;
  };
}[EffectKind];
