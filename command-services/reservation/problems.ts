import { refusalTable } from '@tiketi/shared-kernel/service/problem.js';
import type { InventoryRefusal } from './inventory/commands.js';
import { inventoryProblems } from './inventory/problem-specs.js';
import type { AwaitDepositRefusal } from './reservation/await-deposit.js';
import type { CancelRefusal } from './reservation/cancel-reservation.js';
import type { ConfirmRefusal } from './reservation/confirm-reservation.js';
import type { StartPaymentRefusal } from './reservation/start-payment.js';

/** What a buyer, or the payment service, is told for each refusal of this service. */
export const problemOf = refusalTable<
  InventoryRefusal | CancelRefusal | StartPaymentRefusal | ConfirmRefusal | AwaitDepositRefusal
>({
  ...inventoryProblems,
  ReservationNotFound: {
    status: 404,
    code: 'RESERVATION_NOT_FOUND',
    title: { ko: '예매 내역을 찾을 수 없습니다.', en: 'There is no such reservation.' },
  },
  PaymentInProgress: {
    status: 409,
    code: 'PAYMENT_IN_PROGRESS',
    title: { ko: '결제가 진행 중입니다.', en: 'A payment is under way.' },
  },
  AlreadyConfirmed: {
    status: 409,
    code: 'RESERVATION_CONFIRMED',
    title: { ko: '이미 결제가 완료된 예매입니다.', en: 'This reservation is paid already.' },
  },
  ReservationExpired: {
    status: 409,
    code: 'RESERVATION_EXPIRED',
    title: { ko: '예매 시간이 지났습니다.', en: 'The time to pay for this reservation is over.' },
  },
  ReservationCancelled: {
    status: 409,
    code: 'RESERVATION_CANCELLED',
    title: { ko: '취소된 예매입니다.', en: 'This reservation was cancelled.' },
  },
  AmountMismatch: {
    status: 400,
    code: 'AMOUNT_MISMATCH',
    title: { ko: '결제 금액이 예매 금액과 다릅니다.', en: 'The amount is not that of the reservation.' },
  },
  AnotherPaymentOpen: {
    status: 409,
    code: 'ANOTHER_PAYMENT_OPEN',
    title: { ko: '다른 결제가 진행 중입니다.', en: 'Another payment of this reservation is under way.' },
  },
  OrderClosed: {
    status: 409,
    code: 'ORDER_CLOSED',
    title: {
      ko: '이미 끝난 주문입니다. 다시 결제를 시작해 주세요.',
      en: 'This order has ended. Please start the payment again.',
    },
  },
  NotPaying: {
    status: 409,
    code: 'RESERVATION_NOT_PAYING',
    title: { ko: '결제 중인 예매가 아닙니다.', en: 'This reservation is not being paid.' },
  },
  PaidByAnother: {
    status: 409,
    code: 'PAID_BY_ANOTHER_ORDER',
    title: { ko: '다른 주문으로 결제된 예매입니다.', en: 'Another order pays for this reservation.' },
  },
  CancellationClosed: {
    status: 409,
    code: 'CANCELLATION_CLOSED',
    title: { ko: '취소 가능한 기간이 지났습니다.', en: 'This booking can no longer be cancelled.' },
  },
  DepositNotOffered: {
    status: 409,
    code: 'DEPOSIT_NOT_OFFERED',
    title: { ko: '이 공연은 가상계좌로 결제할 수 없습니다.', en: 'This show cannot be paid through a virtual account.' },
  },
});
