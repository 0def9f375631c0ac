/** Code → HTTP status and what a person reads. Codes and statuses as in the provider's error tables; the wording is ours. */
export const tossErrors = {
  ALREADY_PROCESSED_PAYMENT: [400, '이미 처리가 끝난 결제입니다.', 'This payment has already been processed.'],
  PROVIDER_ERROR: [
    400,
    '결제사에 일시적인 오류가 있습니다. 잠시 후 다시 시도해 주세요.',
    'The provider has a temporary fault. Try again shortly.',
  ],
  INVALID_REQUEST: [400, '요청 형식이 올바르지 않습니다.', 'The request is malformed.'],
  INVALID_API_KEY: [400, '시크릿 키가 올바르지 않습니다.', 'This is not a valid secret key.'],
  INVALID_IDEMPOTENCY_KEY: [400, '멱등키는 300자를 넘을 수 없습니다.', 'An idempotency key has at most 300 characters.'],
  INVALID_TRANSACTION_KEY: [400, '페이지 기준 거래 키가 올바르지 않습니다.', 'The paging transaction key is unknown.'],
  INVALID_CARD_NUMBER: [400, '카드 번호를 확인해 주세요.', 'Check the card number.'],
  INVALID_CARD_EXPIRATION: [400, '카드 유효기간을 확인해 주세요.', 'Check the expiry date of the card.'],
  INVALID_STOPPED_CARD: [400, '정지된 카드입니다.', 'This card is suspended.'],
  INVALID_CARD_LOST_OR_STOLEN: [400, '분실 또는 도난 신고된 카드입니다.', 'This card was reported lost or stolen.'],
  INVALID_REJECT_CARD: [400, '카드 사용이 거절되었습니다. 카드사에 문의해 주세요.', 'The card was refused. Contact its issuer.'],
  BELOW_MINIMUM_AMOUNT: [400, '카드 결제는 100원부터 가능합니다.', 'Card payments start at 100 won.'],
  EXCEED_MAX_PAYMENT_AMOUNT: [400, '결제 가능 금액을 넘었습니다.', 'The amount is over the payment limit.'],
  CARD_PROCESSING_ERROR: [400, '카드사에서 오류가 발생했습니다.', 'The card company reported an error.'],
  NOT_AVAILABLE_PAYMENT: [400, '지금은 결제할 수 없는 시간입니다.', 'Payment is not possible at this time of day.'],
  UNAPPROVED_ORDER_ID: [400, '아직 승인되지 않은 주문 번호입니다.', 'This order id is not approved yet.'],
  ALREADY_CANCELED_PAYMENT: [400, '이미 취소된 결제입니다.', 'This payment has already been cancelled.'],
  ALREADY_REFUND_PAYMENT: [400, '이미 환불된 결제입니다.', 'This payment has already been refunded.'],
  NOT_MATCHES_REFUNDABLE_AMOUNT: [
    400,
    '환불 가능한 잔액이 요청과 다릅니다.',
    'The refundable balance differs from the one given.',
  ],
  INVALID_BANK: [400, '사용할 수 없는 은행입니다.', 'This bank cannot be used.'],
  INVALID_REFUND_ACCOUNT_INFO: [
    400,
    '환불 계좌와 예금주를 확인해 주세요.',
    'The refund account does not belong to the holder named.',
  ],
  INVALID_REFUND_ACCOUNT_NUMBER: [400, '환불 계좌번호를 확인해 주세요.', 'Check the number of the refund account.'],
  FORBIDDEN_BANK_REFUND_REQUEST: [400, '이 계좌로는 입금할 수 없습니다.', 'This account cannot be paid into.'],
  INVALID_DATE: [400, '날짜를 확인해 주세요.', 'Check the date.'],
  INVALID_VALID_HOURS_WITH_DUE_DATE_AND_SINGLE: [
    400,
    'validHours와 dueDate 가운데 하나만 보내 주세요.',
    'Send either validHours or dueDate.',
  ],
  EXCEED_MAX_VALID_HOURS: [400, '가상계좌 유효 시간이 너무 깁니다.', 'The virtual account would be open for too long.'],
  EXCEED_MAX_DUE_DATE: [400, '가상계좌 입금 기한이 너무 멉니다.', 'The due date of the virtual account is too far away.'],
  DUPLICATED_ORDER_ID: [400, '이미 쓰인 주문 번호입니다.', 'This order id has been used already.'],
  EXCEED_CANCEL_AMOUNT_DISCOUNT_AMOUNT: [
    400,
    '할인 금액보다 적은 금액은 취소할 수 없습니다.',
    'Less than the discount cannot be cancelled.',
  ],
  REFUND_REJECTED: [400, '환불이 거절되었습니다.', 'The refund was refused.'],
  UNAUTHORIZED_KEY: [401, '인증되지 않은 키입니다.', 'This key is not authorised.'],
  INCORRECT_BASIC_AUTH_FORMAT: [403, "키 뒤에 ':'를 붙여 인코딩해 주세요.", "Encode the key followed by ':'."],
  FORBIDDEN_REQUEST: [403, '허용되지 않은 요청입니다.', 'This request is not allowed.'],
  REJECT_CARD_PAYMENT: [
    403,
    '한도 초과 또는 잔액 부족으로 결제에 실패했습니다.',
    'The card has too little limit or balance left.',
  ],
  REJECT_CARD_COMPANY: [403, '카드사에서 승인을 거절했습니다.', 'The card company refused the charge.'],
  REJECT_ACCOUNT_PAYMENT: [403, '계좌 잔액이 부족합니다.', 'The account balance is too low.'],
  EXCEED_MAX_AUTH_COUNT: [403, '인증 시도 횟수를 넘었습니다.', 'Too many authentication attempts.'],
  EXCEED_MAX_ONE_DAY_AMOUNT: [403, '하루 결제 한도를 넘었습니다.', 'The daily limit is used up.'],
  INVALID_PASSWORD: [403, '결제 비밀번호가 맞지 않습니다.', 'The payment password is wrong.'],
  FDS_ERROR: [403, '위험 거래로 판단되어 결제가 제한되었습니다.', 'Fraud detection stopped the payment.'],
  NOT_CANCELABLE_AMOUNT: [403, '취소할 수 없는 금액입니다.', 'This amount cannot be cancelled.'],
  NOT_CANCELABLE_PAYMENT: [403, '취소할 수 없는 결제입니다.', 'This payment cannot be cancelled.'],
  FORBIDDEN_CONSECUTIVE_REQUEST: [403, '같은 요청을 연달아 보낼 수 없습니다.', 'Repeated requests must be a moment apart.'],
  NOT_ALLOWED_PARTIAL_REFUND: [403, '부분 환불할 수 없는 결제입니다.', 'This payment cannot be refunded in part.'],
  NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT: [
    403,
    '입금 전에는 전액만 취소할 수 있습니다.',
    'Before the deposit only the whole payment can be cancelled.',
  ],
  EXCEED_CANCEL_LIMIT: [403, '취소 한도를 넘었습니다.', 'The cancel limit is used up.'],
  NOT_AVAILABLE_BANK: [403, '은행 서비스 시간이 아닙니다.', 'The bank is closed at this hour.'],
  EXCEED_MAX_REFUND_DUE: [403, '환불 가능 기간이 지났습니다.', 'The refund period is over.'],
  NOT_FOUND_PAYMENT: [404, '없는 결제입니다.', 'There is no such payment.'],
  NOT_FOUND_PAYMENT_SESSION: [404, '결제 시간이 지나 진행 정보가 없습니다.', 'The payment session is over.'],
  IDEMPOTENT_REQUEST_PROCESSING: [
    409,
    '같은 멱등키의 요청을 처리하고 있습니다.',
    'A request with this idempotency key is in progress.',
  ],
  TOO_MANY_REQUESTS: [429, '요청이 너무 많습니다. 잠시 후 다시 시도해 주세요.', 'Too many requests. Try again shortly.'],
  FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING: [
    500,
    '결제가 끝나지 않았습니다. 다시 시도해 주세요.',
    'The payment did not complete. Try again.',
  ],
  FAILED_INTERNAL_SYSTEM_PROCESSING: [500, '내부 처리에 실패했습니다.', 'Internal processing failed.'],
  UNKNOWN_PAYMENT_ERROR: [500, '알 수 없는 이유로 결제에 실패했습니다.', 'The payment failed for an unknown reason.'],
  FAILED_REFUND_PROCESS: [500, '은행 응답 지연으로 환불에 실패했습니다.', 'The refund failed at the bank.'],
  FAILED_METHOD_HANDLING_CANCEL: [500, '결제 수단의 취소 처리에 실패했습니다.', 'The payment method failed to cancel.'],
  FAILED_PARTIAL_REFUND: [500, '부분 환불에 실패했습니다.', 'The partial refund failed.'],
  COMMON_ERROR: [500, '일시적인 오류가 발생했습니다.', 'A temporary error occurred.'],
} as const satisfies Record<string, readonly [status: number, ko: string, en: string]>;

export type TossCode = keyof typeof tossErrors;
export type Language = 'ko' | 'en';

export const isTossCode = (code: string): code is TossCode => Object.hasOwn(tossErrors, code);

/** `Accept-Language: en-US` translates messages; anything else reads Korean. */
export const languageOf = (acceptLanguage: string | undefined): Language =>
  acceptLanguage?.toLowerCase().startsWith('en') ? 'en' : 'ko';

/** Status and body for an error code; a code outside the table gets the status asked for, else 400. */
export function errorReply(code: string, language: Language, status?: number): { status: number; body: string } {
  const [usual, ko, en] = isTossCode(code) ? tossErrors[code] : ([400, '시뮬레이터 오류입니다.', 'Simulated error.'] as const);
  return { status: status ?? usual, body: JSON.stringify({ code, message: language === 'en' ? en : ko }) };
}
