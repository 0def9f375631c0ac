import type { Language } from '../i18n/language.js';

/** A whole number with separators, alike in both languages. */
export const formatCount = (value: number): string => value.toLocaleString('en-US');

/** `66,000원` in Korean, `₩66,000` in English. */
export const formatWon = (won: number, language: Language): string =>
  language === 'ko' ? `${formatCount(won)}원` : `₩${formatCount(won)}`;

/** From the lowest to the highest price; one price where they are the same; null while there is none. */
export const formatPriceRange = (min: number | null, max: number | null, language: Language): string | null => {
  if (min === null || max === null) return null;
  if (min === max) return formatWon(min, language);
  return language === 'ko'
    ? `${formatWon(min, language)} ~ ${formatWon(max, language)}`
    : `${formatWon(min, language)}–${formatCount(max)}`;
};
