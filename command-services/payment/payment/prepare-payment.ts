import type { PaymentEvent } from '@tiketi/shared-kernel/contracts/events/payment.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import type { Order, Payment } from './payment.js';

export type PreparePayment = { readonly order: Order; readonly now: Instant };

export type PrepareRefusal = 'KeyReused' | 'CardPartTooSmall';

/** The least a card can be charged, in won (Toss, BELOW_MINIMUM_AMOUNT). */
const LEAST_CARD_AMOUNT = 100;

/** Fixes what an order will charge. The order id is derived from the request, so a repeat finds its own order. */
export const preparePayment =
  (c: PreparePayment) =>
  (s: Payment): Decision<PaymentEvent, PrepareRefusal> => {
    const { order } = c;
    if (s.status !== 'none') {
      const same =
        s.order.reservationId === order.reservationId &&
        s.order.amount === order.amount &&
        s.order.pointAmount === order.pointAmount;
      return same ? { accepted: [] } : { refused: 'KeyReused' };
    }
    if (order.cardAmount > 0 && order.cardAmount < LEAST_CARD_AMOUNT) return { refused: 'CardPartTooSmall' };
    return { accepted: [{ type: 'PaymentPrepared', data: { ...order, preparedAt: c.now } }] };
  };
