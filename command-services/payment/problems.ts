import { ProblemError, refusalTable } from '@tiketi/shared-kernel/service/problem.js';
import type { ServiceProblem } from '@tiketi/shared-kernel/service/service-client.js';
import type { RequestConfirmRefusal } from './payment/request-confirm.js';

type Refusal =
  | RequestConfirmRefusal
  | 'KeyReused'
  | 'AmountMismatch'
  | 'ReservationNotPending'
  | 'ReservationExpired'
  | 'ProviderDown'
  | 'GivenBack';

export const problemOf = refusalTable<Refusal>({
  PaymentNotFound: {
    status: 404,
    code: 'PAYMENT_NOT_FOUND',
    title: { ko: '주문을 찾을 수 없습니다.', en: 'There is no such order.' },
  },
  AnotherPaymentKey: {
    status: 409,
    code: 'ANOTHER_PAYMENT_KEY',
    title: { ko: '이 주문은 다른 결제로 진행 중입니다.', en: 'This order is being paid by another payment.' },
  },
  Declined: {
    status: 402,
    code: 'PAYMENT_DECLINED',
    title: {
      ko: '결제가 거절되었습니다. 다른 수단으로 다시 시도해 주세요.',
      en: 'The payment was declined. Please try another method.',
    },
  },
  Abandoned: {
    status: 409,
    code: 'PAYMENT_ABANDONED',
    title: { ko: '결제 시간이 지났습니다. 다시 결제를 시작해 주세요.', en: 'This payment took too long. Please start it again.' },
  },
  Refunded: { status: 409, code: 'PAYMENT_REFUNDED', title: { ko: '환불된 결제입니다.', en: 'This payment was given back.' } },
  KeyReused: {
    status: 422,
    code: 'IDEMPOTENCY_KEY_REUSED',
    title: { ko: '같은 키로 다른 요청을 보냈습니다.', en: 'This Idempotency-Key was used for another request.' },
  },
  AmountMismatch: {
    status: 400,
    code: 'AMOUNT_MISMATCH',
    title: { ko: '결제 금액이 예매 금액과 다릅니다.', en: 'The amount is not that of the reservation.' },
  },
  ReservationNotPending: {
    status: 409,
    code: 'RESERVATION_NOT_PENDING',
    title: { ko: '결제할 수 있는 예매가 아닙니다.', en: 'This reservation cannot be paid.' },
  },
  ReservationExpired: {
    status: 409,
    code: 'RESERVATION_EXPIRED',
    title: { ko: '예매 시간이 지났습니다.', en: 'The time to pay for this reservation is over.' },
  },
  ProviderDown: {
    status: 503,
    code: 'PAYMENT_PROVIDER_DOWN',
    title: {
      ko: '결제사 연결이 원활하지 않습니다. 예매는 유지되니 잠시 후 다시 시도해 주세요.',
      en: 'The payment provider cannot be reached. Your reservation stays; please try again shortly.',
    },
  },
  GivenBack: {
    status: 409,
    code: 'RESERVATION_CLOSED_CHARGE_REFUNDED',
    title: {
      ko: '결제 전에 예매가 종료되어 결제 금액을 전액 환불합니다.',
      en: 'The reservation ended before the payment went through; the whole charge is given back.',
    },
  },
});

/** What the reservation service said no to, passed on to the buyer as it is. */
export const passedOn = (problem: ServiceProblem): ProblemError =>
  new ProblemError(problem.status, problem.code, problem.problem === undefined ? {} : { detail: problem.problem.title });

export const reservationsUnavailable = (): ProblemError =>
  new ProblemError(503, 'RESERVATION_SERVICE_UNAVAILABLE', { headers: { 'retry-after': '1' } });
