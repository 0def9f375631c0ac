import { cardRefusal, MINIMUM_CHARGE, SINGLE_CHARGE_LIMIT } from './cards.js';
import type { TossCode } from './errors.js';

/** When a virtual account stops taking deposits: so many hours from its issue, or at an instant (epoch milliseconds). */
export type Due = { validHours: number } | { dueAt: number };

/** What the buyer pays with. `refuses` is what the bank says at confirm, for scripts. */
export type Means =
  | { method: 'CARD'; card: string }
  | { method: 'TRANSFER'; bank: string; refuses: TossCode | null }
  | { method: 'EASY_PAY'; provider: string; refuses: TossCode | null }
  | { method: 'VIRTUAL_ACCOUNT'; bank: string; customerName: string; due: Due };

export const METHODS = ['CARD', 'VIRTUAL_ACCOUNT', 'TRANSFER', 'EASY_PAY'] as const satisfies readonly Means['method'][];

export const easyPayProviders = ['토스페이', '카카오페이', '네이버페이', '페이코'] as const;

/** The provider's Korean word for a method, as its answers carry it. */
export const methodName: Readonly<Record<Means['method'], string>> = {
  CARD: '카드',
  TRANSFER: '계좌이체',
  EASY_PAY: '간편결제',
  VIRTUAL_ACCOUNT: '가상계좌',
};

const MINIMUM_TRANSFER = 200;

/**
 * What the card company or bank says to a charge, by fixed rules. `attempts` counts the charges tried before on the same payment.
 * Undefined means approved, or for a virtual account that it may be issued.
 */
export function refusalOf(means: Means, amount: number, attempts: number): { code: TossCode; final: boolean } | undefined {
  if (means.method === 'CARD') return cardRefusal(means.card, amount, attempts);
  if (amount < (means.method === 'TRANSFER' ? MINIMUM_TRANSFER : MINIMUM_CHARGE))
    return { code: 'BELOW_MINIMUM_AMOUNT', final: true };
  if (amount > SINGLE_CHARGE_LIMIT) return { code: 'EXCEED_MAX_PAYMENT_AMOUNT', final: true };
  if (means.method !== 'VIRTUAL_ACCOUNT' && means.refuses !== null) return { code: means.refuses, final: true };
  return undefined;
}
