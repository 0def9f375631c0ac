import { ProblemError, refusalTable } from '@tiketi/shared-kernel/service/problem.js';
import type { ServiceProblem } from '@tiketi/shared-kernel/service/service-client.js';
import type { SettleRefusal } from './settle.js';

type Refusal =
  | SettleRefusal
  | 'CardPartTooSmall'
  | 'PointsExceedTotal'
  | 'PaymentKeyMissing'
  | 'TooManyPoints'
  | 'NotCharged'
  | 'ExceedsCharge'
  | 'PartialCancelForStaff'
  | 'RefundInProgress'
  | 'OnlyWholeRefund'
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
  NothingToCharge: {
    status: 409,
    code: 'NOTHING_TO_CHARGE',
    title: { ko: '포인트로 전액 결제되는 주문입니다.', en: 'Points pay all of this order.' },
  },
  PointsShort: {
    status: 409,
    code: 'INSUFFICIENT_POINTS',
    title: { ko: '포인트가 부족합니다.', en: 'There are not enough points.' },
  },
  DepositNotOffered: {
    status: 409,
    code: 'DEPOSIT_NOT_OFFERED',
    title: {
      ko: '이 예매는 가상계좌로 결제할 수 없습니다. 다른 수단으로 다시 결제해 주세요.',
      en: 'This reservation cannot be paid by virtual account. Please pay another way.',
    },
  },
  CardPartTooSmall: {
    status: 422,
    code: 'CARD_AMOUNT_TOO_SMALL',
    title: {
      ko: '포인트를 뺀 결제 금액은 0원이거나 100원 이상이어야 합니다.',
      en: 'What is left after the points must be 0 or at least 100 won.',
    },
  },
  PointsExceedTotal: {
    status: 422,
    code: 'POINTS_EXCEED_TOTAL',
    title: { ko: '포인트가 결제 금액보다 많습니다.', en: 'More points than the reservation costs.' },
  },
  TooManyPoints: {
    status: 409,
    code: 'TOO_MANY_POINTS',
    title: {
      ko: '보유할 수 있는 포인트 한도를 넘습니다.',
      en: 'That would be more points than one account may have.',
    },
  },
  PaymentKeyMissing: {
    status: 400,
    code: 'PAYMENT_KEY_REQUIRED',
    title: { ko: '결제 키가 필요합니다.', en: 'This order needs the payment key of a checkout.' },
  },
  NotCharged: {
    status: 409,
    code: 'PAYMENT_NOT_CHARGED',
    title: { ko: '결제되지 않은 주문입니다.', en: 'Nothing was paid for this order.' },
  },
  ExceedsCharge: {
    status: 422,
    code: 'REFUND_EXCEEDS_CHARGE',
    title: { ko: '환불 금액이 남은 결제 금액보다 많습니다.', en: 'More than is left of this payment.' },
  },
  PartialCancelForStaff: {
    status: 403,
    code: 'PARTIAL_CANCEL_NOT_ALLOWED',
    title: { ko: '부분 환불은 관리자만 할 수 있습니다.', en: 'Only staff may give back a part of a payment.' },
  },
  OnlyWholeRefund: {
    status: 409,
    code: 'PARTIAL_REFUND_NOT_POSSIBLE',
    title: { ko: '부분 환불이 되지 않는 결제 수단입니다.', en: 'This payment can only be given back in full.' },
  },
  RefundInProgress: {
    status: 409,
    code: 'REFUND_IN_PROGRESS',
    title: {
      ko: '다른 환불이 진행 중입니다. 잠시 후 다시 시도해 주세요.',
      en: 'Another refund of this payment is under way. Please try again shortly.',
    },
  },
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

/** The breaker lets the next call through after 30 s. */
export const providerDown = (): ProblemError => problemOf('ProviderDown', { headers: { 'retry-after': '30' } });

export const reservationsUnavailable = (): ProblemError =>
  new ProblemError(503, 'RESERVATION_SERVICE_UNAVAILABLE', { headers: { 'retry-after': '1' } });
