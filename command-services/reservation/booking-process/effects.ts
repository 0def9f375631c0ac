import { showEvents } from '@tiketi/shared-kernel/contracts/events/show.js';
import { RefundOrder } from '@tiketi/shared-kernel/contracts/http/internal.js';
import { OrderId, PerformanceId, RefundId, ReservationId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import { z } from 'zod';

const ofReservation = { reservationId: ReservationId };
const ofOrder = { reservationId: ReservationId, orderId: OrderId };

/** What the processes of this service may want done, by kind; rows are parsed with these when they are run. */
export const effectPayloads = {
  'open-inventory': showEvents.PerformanceScheduled.data,
  'change-terms': z.object({ performanceId: PerformanceId, refundPolicyVersion: z.int() }),
  'cancel-sales': z.object({ performanceId: PerformanceId }),
  'cancel-for-show': z.object(ofReservation),
  expire: z.object(ofReservation),
  abandon: z.object(ofOrder),
  resolve: z.object(ofOrder),
  'await-deposit': z.object({ ...ofOrder, dueBy: Instant }),
  'close-deposit': z.object(ofOrder),
  'close-order': z.object(ofOrder),
  confirm: z.object(ofOrder),
  'fail-payment': z.object({ ...ofOrder, pointAmount: Won.default(Won.parse(0)), reason: z.enum(['declined', 'abandoned']) }),
  sell: z.object(ofOrder),
  'capture-points': z.object(ofOrder),
  release: z.object({ ...ofReservation, reason: z.enum(['expired', 'cancelled', 'refunded']) }),
  'refund-order': z.object({ ...ofOrder, ...RefundOrder.shape }),
  refund: z.object({ ...ofOrder, refundId: RefundId.default(RefundId.parse('closed')) }),
};
export type EffectKind = keyof typeof effectPayloads;

/** An effect before it becomes a row: the row's key and its correlation come from the event. */
export type Wanted = {
  [K in EffectKind]: {
    readonly kind: K;
    readonly id: string;
    readonly dueAt: Date;
    readonly payload: z.output<(typeof effectPayloads)[K]>;
  };
}[EffectKind];
