/**
 * What an error code of the provider means for us; the HTTP status does not decide. `final`: nothing was or will be done.
 * `transient`: a refusal that may not stand on another try. `ask`: the payment itself must be read. `configuration`: our keys or
 * our request are wrong, which says nothing about the buyer. `inFlight`: the first request with this key is still running.
 */
export type Meaning = 'final' | 'transient' | 'ask' | 'configuration' | 'inFlight' | 'unlisted';

const always: Readonly<Record<string, Meaning>> = {
  UNAUTHORIZED_KEY: 'configuration',
  INVALID_API_KEY: 'configuration',
  INCORRECT_BASIC_AUTH_FORMAT: 'configuration',
  INVALID_IDEMPOTENCY_KEY: 'configuration',
  IDEMPOTENT_REQUEST_PROCESSING: 'inFlight',
  PROVIDER_ERROR: 'transient',
  FAILED_INTERNAL_SYSTEM_PROCESSING: 'transient',
  FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING: 'transient',
  UNKNOWN_PAYMENT_ERROR: 'transient',
  COMMON_ERROR: 'transient',
  INVALID_REQUEST: 'final',
  FORBIDDEN_REQUEST: 'final',
  NOT_FOUND_PAYMENT: 'final',
};

const atConfirm: Readonly<Record<string, Meaning>> = {
  ALREADY_PROCESSED_PAYMENT: 'ask',
  // seen with 400 and with 500
  CARD_PROCESSING_ERROR: 'ask',
  NOT_FOUND_PAYMENT_SESSION: 'final',
  INVALID_REJECT_CARD: 'final',
  INVALID_STOPPED_CARD: 'final',
  INVALID_PASSWORD: 'final',
  BELOW_MINIMUM_AMOUNT: 'final',
  NOT_ALLOWED_POINT_USE: 'final',
  UNAPPROVED_ORDER_ID: 'final',
  NOT_AVAILABLE_PAYMENT: 'final',
  NOT_AVAILABLE_BANK: 'final',
  FDS_ERROR: 'final',
};
const finalAtConfirm = /^(REJECT_(CARD|ACCOUNT)_|INVALID_CARD_|EXCEED_MAX_|NOT_SUPPORTED_\w*INSTALLMENT)/;

const atCancel: Readonly<Record<string, Meaning>> = {
  ALREADY_CANCELED_PAYMENT: 'ask',
  ALREADY_REFUND_PAYMENT: 'ask',
  NOT_MATCHES_REFUNDABLE_AMOUNT: 'ask',
  NOT_CANCELABLE_AMOUNT: 'ask',
  NOT_CANCELABLE_PAYMENT: 'ask',
  INVALID_REFUND_ACCOUNT_INFO: 'final',
  INVALID_REFUND_ACCOUNT_NUMBER: 'final',
  INVALID_BANK: 'final',
  REFUND_REJECTED: 'final',
  FORBIDDEN_BANK_REFUND_REQUEST: 'final',
  EXCEED_CANCEL_AMOUNT_DISCOUNT_AMOUNT: 'final',
  EXCEED_MAX_REFUND_DUE: 'final',
  EXCEED_CANCEL_LIMIT: 'final',
  NOT_ALLOWED_PARTIAL_REFUND: 'final',
  NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT: 'final',
  NOT_AVAILABLE_BANK: 'transient',
  FORBIDDEN_CONSECUTIVE_REQUEST: 'transient',
  FAILED_REFUND_PROCESS: 'transient',
  FAILED_METHOD_HANDLING_CANCEL: 'transient',
  FAILED_PARTIAL_REFUND: 'transient',
};

const listed = (table: Readonly<Record<string, Meaning>>, code: string) => (Object.hasOwn(table, code) ? table[code] : undefined);

export const confirmMeaning = (code: string): Meaning =>
  listed(always, code) ?? listed(atConfirm, code) ?? (finalAtConfirm.test(code) ? 'final' : 'unlisted');

export const cancelMeaning = (code: string): Meaning => listed(always, code) ?? listed(atCancel, code) ?? 'unlisted';

/** Codes that are final for the buyer but point at a mistake of ours, or at somebody trying another's payment key. */
export const isSuspicious = (code: string): boolean => code === 'INVALID_REQUEST' || code === 'FORBIDDEN_REQUEST';
