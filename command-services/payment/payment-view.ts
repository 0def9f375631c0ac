import type { PaymentView } from '@tiketi/shared-kernel/contracts/http/payments.js';
import type { Known } from './orders.js';
import { isRefunded } from './payment/payment.js';

const statusOf = (payment: Known): PaymentView['status'] => {
  switch (payment.status) {
    case 'approved':
      if (isRefunded(payment)) return 'refunded';
      return payment.refunds.some(({ reason }) => reason !== 'goodwill') ? 'cancelled' : 'confirmed';
    case 'declined':
    case 'abandoned':
      return 'failed';
    default:
      return 'pending';
  }
};

const refundedOf = (payment: Known): number =>
  payment.status !== 'approved'
    ? 0
    : payment.refunds.reduce(
        (sum, { status, cardAmount, pointAmount }) => sum + (status === 'done' ? cardAmount + pointAmount : 0),
        0,
      );

/** An order as its buyer sees it. */
export const viewOf = (payment: Known): PaymentView => ({
  orderId: payment.order.orderId,
  reservationId: payment.order.reservationId,
  status: statusOf(payment),
  amount: payment.order.amount,
  refundAmount: refundedOf(payment),
  cardAmount: payment.order.cardAmount,
  pointAmount: payment.order.pointAmount,
  method: 'method' in payment ? payment.method : null,
  receiptUrl: 'receiptUrl' in payment ? payment.receiptUrl : null,
  failureCode: payment.status === 'declined' ? payment.code : null,
});
