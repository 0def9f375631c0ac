import type { TossCode } from './errors.js';

type CardBehaviour = { outcome: 'approve' } | { outcome: 'decline' | 'fail-once'; code: TossCode };

/** Charges above this are refused on every card (won). */
export const SINGLE_CHARGE_LIMIT = 10_000_000;
export const MINIMUM_CHARGE = 100;
export const APPROVING_CARD = '4330000000000003';

/** The documented test cards; docs/toss-simulator.md carries the same table. */
export const testCards: Readonly<Record<string, CardBehaviour & { ko: string; en: string }>> = {
  [APPROVING_CARD]: { outcome: 'approve', ko: '승인되는 카드', en: 'approves' },
  '4330000000000011': {
    outcome: 'decline',
    code: 'REJECT_CARD_PAYMENT',
    ko: '한도 초과 · 잔액 부족',
    en: 'limit or balance too low',
  },
  '4330000000000029': {
    outcome: 'decline',
    code: 'REJECT_CARD_COMPANY',
    ko: '카드사 승인 거절',
    en: 'refused by the card company',
  },
  '4330000000000037': { outcome: 'decline', code: 'INVALID_STOPPED_CARD', ko: '정지된 카드', en: 'suspended card' },
  '4330000000000045': { outcome: 'decline', code: 'INVALID_CARD_LOST_OR_STOLEN', ko: '분실 · 도난 카드', en: 'lost or stolen' },
  '4330000000000052': { outcome: 'decline', code: 'INVALID_CARD_EXPIRATION', ko: '유효기간 만료', en: 'expired card' },
  '4330000000000060': { outcome: 'decline', code: 'EXCEED_MAX_ONE_DAY_AMOUNT', ko: '하루 한도 초과', en: 'daily limit used up' },
  '4330000000000078': { outcome: 'decline', code: 'FDS_ERROR', ko: '이상 거래 차단', en: 'stopped by fraud detection' },
  '4330000000000086': {
    outcome: 'fail-once',
    code: 'PROVIDER_ERROR',
    ko: '첫 승인만 일시 오류',
    en: 'temporary fault at the first confirm',
  },
};

export function passesLuhn(number: string): boolean {
  if (!/^\d{14,16}$/.test(number)) return false;
  const digits = [...number].reverse().map(Number);
  const sum = digits.reduce((total, digit, index) => {
    const weighted = index % 2 === 0 ? digit : digit * 2;
    return total + (weighted > 9 ? weighted - 9 : weighted);
  }, 0);
  return sum % 10 === 0;
}

/**
 * What the card company says to a charge, by fixed rules: minimum and limit first, then the card. `attempts` counts the charges
 * tried before on the same payment. Undefined means approved.
 */
export function cardRefusal(card: string, amount: number, attempts: number): { code: TossCode; final: boolean } | undefined {
  if (amount < MINIMUM_CHARGE) return { code: 'BELOW_MINIMUM_AMOUNT', final: true };
  if (amount > SINGLE_CHARGE_LIMIT) return { code: 'EXCEED_MAX_PAYMENT_AMOUNT', final: true };
  if (!passesLuhn(card)) return { code: 'INVALID_CARD_NUMBER', final: true };
  const behaviour = testCards[card];
  if (behaviour?.outcome === 'decline') return { code: behaviour.code, final: true };
  if (behaviour?.outcome === 'fail-once' && attempts === 0) return { code: behaviour.code, final: false };
  return undefined;
}
