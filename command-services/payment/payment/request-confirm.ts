import type { PaymentEvent } from '@tiketi/shared-kernel/contracts/events/payment.js';
import type { PaymentKey } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { isGivenUp, type Payment } from './payment.js';

export type RequestConfirm = { readonly paymentKey: PaymentKey; readonly providerKey: string; readonly now: Instant };

export type RequestConfirmRefusal =
  | 'PaymentNotFound'
  | 'AnotherPaymentKey'
  | 'Declined'
  | 'Abandoned'
  | 'Refunded'
  | 'NothingToCharge';

/** The intent, stored before the provider is asked: from here on the card may have been charged. */
export const requestConfirm =
  (c: RequestConfirm) =>
  (s: Payment): Decision<PaymentEvent, RequestConfirmRefusal> => {
    switch (s.status) {
      case 'none':
        return { refused: 'PaymentNotFound' };
      case 'declined':
        return { refused: 'Declined' };
      case 'abandoned':
        return { refused: 'Abandoned' };
      case 'approved':
        if (isGivenUp(s)) return { refused: 'Refunded' };
        return s.paymentKey === c.paymentKey ? { accepted: [] } : { refused: 'AnotherPaymentKey' };
      case 'requested':
      case 'awaitingDeposit':
        return s.paymentKey === c.paymentKey ? { accepted: [] } : { refused: 'AnotherPaymentKey' };
      case 'prepared': {
        const { orderId, reservationId, cardAmount } = s.order;
        if (cardAmount === 0) return { refused: 'NothingToCharge' };
        const { paymentKey, providerKey, now } = c;
        return {
          accepted: [
            { type: 'PaymentConfirmRequested', data: { orderId, reservationId, paymentKey, providerKey, requestedAt: now } },
          ],
        };
      }
    }
  };
