import { describe, expect, it } from '@jest/globals';
import { cancelMeaning, confirmMeaning } from './error-codes.js';

describe('error codes', () => {
  it.each([
    ['REJECT_CARD_PAYMENT', 'final'],
    ['REJECT_CARD_COMPANY', 'final'],
    ['REJECT_ACCOUNT_PAYMENT', 'final'],
    ['INVALID_CARD_EXPIRATION', 'final'],
    ['EXCEED_MAX_ONE_DAY_AMOUNT', 'final'],
    ['NOT_SUPPORTED_MONTHLY_INSTALLMENT_PLAN', 'final'],
    ['NOT_FOUND_PAYMENT_SESSION', 'final'],
    ['BELOW_MINIMUM_AMOUNT', 'final'],
    ['FDS_ERROR', 'final'],
    ['ALREADY_PROCESSED_PAYMENT', 'ask'],
    ['CARD_PROCESSING_ERROR', 'ask'],
    ['PROVIDER_ERROR', 'transient'],
    ['UNKNOWN_PAYMENT_ERROR', 'transient'],
    ['FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING', 'transient'],
    ['IDEMPOTENT_REQUEST_PROCESSING', 'inFlight'],
    ['UNAUTHORIZED_KEY', 'configuration'],
    ['INVALID_API_KEY', 'configuration'],
    ['INCORRECT_BASIC_AUTH_FORMAT', 'configuration'],
    ['INVALID_IDEMPOTENCY_KEY', 'configuration'],
    ['SOMETHING_NEW', 'unlisted'],
    ['constructor', 'unlisted'],
  ])('confirm: %s is %s', (code, meaning) => expect(confirmMeaning(code)).toBe(meaning));

  it.each([
    ['NOT_FOUND_PAYMENT', 'final'],
    ['REFUND_REJECTED', 'final'],
    ['EXCEED_MAX_REFUND_DUE', 'final'],
    ['ALREADY_CANCELED_PAYMENT', 'ask'],
    ['NOT_CANCELABLE_AMOUNT', 'ask'],
    ['NOT_MATCHES_REFUNDABLE_AMOUNT', 'ask'],
    ['FORBIDDEN_CONSECUTIVE_REQUEST', 'transient'],
    ['NOT_AVAILABLE_BANK', 'transient'],
    ['FAILED_REFUND_PROCESS', 'transient'],
    ['UNAUTHORIZED_KEY', 'configuration'],
    ['REJECT_CARD_PAYMENT', 'unlisted'],
  ])('cancel: %s is %s', (code, meaning) => expect(cancelMeaning(code)).toBe(meaning));
});
