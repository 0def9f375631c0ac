import { refusalTable } from '@tiketi/shared-kernel/service/problem.js';
import type { HoldRefusal } from './inventory/hold-seats.js';
import type { CancelRefusal } from './reservation/cancel-reservation.js';
import type { ConfirmRefusal } from './reservation/confirm-reservation.js';
import type { StartPaymentRefusal } from './reservation/start-payment.js';

/** What a buyer, or the payment service, is told for each refusal of this service. */
export const problemOf = refusalTable<HoldRefusal | CancelRefusal | StartPaymentRefusal | ConfirmRefusal>({
  PerformanceNotFound: {
    status: 404,
    code: 'PERFORMANCE_NOT_FOUND',
    title: { ko: '공연 회차를 찾을 수 없습니다.', en: 'There is no such performance.' },
  },
  SalesCancelled: {
    status: 409,
    code: 'SALES_CANCELLED',
    title: { ko: '취소된 공연입니다.', en: 'This performance was cancelled.' },
  },
  SalesNotOpen: {
    status: 409,
    code: 'SALES_NOT_OPEN',
    title: { ko: '아직 예매가 시작되지 않았습니다.', en: 'The sale has not opened yet.' },
  },
  SalesEnded: { status: 409, code: 'SALES_ENDED', title: { ko: '예매가 종료되었습니다.', en: 'The sale has ended.' } },
  SeatUnknown: { status: 404, code: 'SEAT_NOT_FOUND', title: { ko: '없는 좌석입니다.', en: 'There is no such seat.' } },
  SeatTaken: {
    status: 409,
    code: 'SEAT_TAKEN',
    title: { ko: '이미 다른 분이 선택한 좌석입니다.', en: 'Another buyer already has one of these seats.' },
  },
  TooManySeats: {
    status: 422,
    code: 'TOO_MANY_SEATS',
    title: { ko: '한 번에 예매할 수 있는 좌석 수를 넘었습니다.', en: 'More seats than one reservation may have.' },
  },
  BuyerLimitReached: {
    status: 409,
    code: 'BUYER_LIMIT_REACHED',
    title: { ko: '1인당 예매 한도를 넘었습니다.', en: 'This is more than one buyer may have.' },
  },
  ReservationClosed: {
    status: 409,
    code: 'RESERVATION_CLOSED',
    title: { ko: '이미 종료된 예매입니다.', en: 'This reservation has ended.' },
  },
  KeyReused: {
    status: 422,
    code: 'IDEMPOTENCY_KEY_REUSED',
    title: { ko: '같은 키로 다른 요청을 보냈습니다.', en: 'This Idempotency-Key was used for another request.' },
  },
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
});
