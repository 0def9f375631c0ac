import type { PointChargeEvent } from '@tiketi/shared-kernel/contracts/events/point-charge.js';
import type { PointsEvent } from '@tiketi/shared-kernel/contracts/events/points.js';
import { OrderId } from '@tiketi/shared-kernel/contracts/ids.js';
import { type Instant, millisecondsOf } from '@tiketi/shared-kernel/contracts/time.js';
import { z } from 'zod';

export type ChargeProcessEvent = PointChargeEvent | Extract<PointsEvent, { type: 'PointsCharged' }>;

/** What the process may want done of an order; each names its own guard, so that running it twice changes nothing. */
export type ChargeEffectKind = 'resolve-charge' | 'credit-points';

export const ChargeEffectPayload = z.object({ orderId: OrderId });

export type Wanted = { readonly kind: ChargeEffectKind; readonly id: string; readonly dueAt: Date };

export type Timing = {
  /** A charge whose outcome is not known this long after its intent is asked for; past the provider's own 60 s. */
  readonly resolveAfterMs: number;
  /** The request handler finishes what it began; the process steps in only after this. */
  readonly graceMs: number;
};

type Step = { readonly want: readonly Wanted[]; readonly settle: readonly string[] };

const effect = (kind: ChargeEffectKind, orderId: OrderId, since: Instant, afterMs: number): Wanted => ({
  kind,
  id: `${kind}:${orderId}`,
  dueAt: new Date(millisecondsOf(since) + afterMs),
});

/** The process of buying points: a charge that was asked for is resolved, one that was approved is credited. Pure. */
export const stepOfCharge =
  ({ resolveAfterMs, graceMs }: Timing) =>
  ({ type, data }: ChargeProcessEvent): Step => {
    const { orderId } = data;
    const resolved = `resolve-charge:${orderId}`;
    switch (type) {
      case 'PointChargePrepared':
        return { want: [], settle: [] };
      case 'PointChargeRequested':
        return { want: [effect('resolve-charge', orderId, data.requestedAt, resolveAfterMs)], settle: [] };
      case 'PointChargeApproved':
        return { want: [effect('credit-points', orderId, data.approvedAt, graceMs)], settle: [resolved] };
      case 'PointChargeDeclined':
        return { want: [], settle: [resolved] };
      case 'PointsCharged':
        return { want: [], settle: [`credit-points:${orderId}`] };
    }
  };
