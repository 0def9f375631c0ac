import type { PointChargeEvent } from '@tiketi/shared-kernel/contracts/events/point-charge.js';
import type { PaymentKey } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import type { PointCharge } from './point-charge.js';

export type RequestCharge = { readonly paymentKey: PaymentKey; readonly providerKey: string; readonly now: Instant };

export type RequestChargeRefusal = 'PaymentNotFound' | 'AnotherPaymentKey' | 'Declined';

/** The intent, stored before the provider is asked: from here on the card may have been charged. */
export const requestCharge =
  ({ paymentKey, providerKey, now }: RequestCharge) =>
  (s: PointCharge): Decision<PointChargeEvent, RequestChargeRefusal> => {
    switch (s.status) {
      case 'none':
        return { refused: 'PaymentNotFound' };
      case 'declined':
        return { refused: 'Declined' };
      case 'requested':
      case 'approved':
        return s.paymentKey === paymentKey ? { accepted: [] } : { refused: 'AnotherPaymentKey' };
      case 'prepared': {
        const { orderId, userId } = s.order;
        const data = { orderId, userId, paymentKey, providerKey, requestedAt: now };
        return { accepted: [{ type: 'PointChargeRequested', data }] };
      }
    }
  };
