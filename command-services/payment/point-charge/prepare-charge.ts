import type { PointChargeEvent } from '@tiketi/shared-kernel/contracts/events/point-charge.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import type { ChargeOrder, PointCharge } from './point-charge.js';

export type PrepareCharge = { readonly order: ChargeOrder; readonly now: Instant };

/** Fixes what the order will charge. The order id is derived from the request, so a repeat finds its own order. */
export const prepareCharge =
  ({ order, now }: PrepareCharge) =>
  (s: PointCharge): Decision<PointChargeEvent, 'KeyReused'> => {
    if (s.status === 'none') return { accepted: [{ type: 'PointChargePrepared', data: { ...order, preparedAt: now } }] };
    return s.order.amount === order.amount ? { accepted: [] } : { refused: 'KeyReused' };
  };
