import type { PaymentEvent } from '@tiketi/shared-kernel/contracts/events/payment.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import type { Order, Payment } from './payment.js';

export type PreparePayment = { readonly order: Order; readonly now: Instant };

/** Fixes what an order will charge. The order id is derived from the request, so a repeat finds its own order. */
export const preparePayment =
  (c: PreparePayment) =>
  (s: Payment): Decision<PaymentEvent, 'KeyReused'> => {
    if (s.status === 'none') return { accepted: [{ type: 'PaymentPrepared', data: { ...c.order, preparedAt: c.now } }] };
    return s.order.reservationId === c.order.reservationId && s.order.amount === c.order.amount
      ? { accepted: [] }
      : { refused: 'KeyReused' };
  };
