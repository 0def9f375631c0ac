import { describe, expect, it } from '@jest/globals';
import { formatPriceRange, formatWon } from './amounts.js';
import { formatDays, formatMoment, formatShortMoment } from './dates.js';

/** Releases of ICU differ in which kind of space they put before `PM`, and in whether Korean says 오전 or AM. */
const plain = (text: string | null): string | undefined => text?.replace(/\s/gu, ' ');

describe('amounts', () => {
  it('are whole won as each language writes them', () => {
    expect([formatWon(66_000, 'ko'), formatWon(66_000, 'en')]).toEqual(['66,000원', '₩66,000']);
  });

  it('are a range only where there are two prices', () => {
    expect(formatPriceRange(40_000, 55_000, 'ko')).toBe('40,000원 ~ 55,000원');
    expect(formatPriceRange(40_000, 55_000, 'en')).toBe('₩40,000–55,000');
    expect(formatPriceRange(66_000, 66_000, 'en')).toBe('₩66,000');
    expect(formatPriceRange(null, null, 'ko')).toBeNull();
  });
});

describe('dates', () => {
  it('are Seoul time wherever the reader is', () => {
    // 16:30 UTC on Monday is past midnight on Tuesday in Seoul.
    expect(plain(formatMoment('2026-11-30T16:30:00.000Z', 'en'))).toBe('Tue, Dec 1, 2026, 1:30 AM');
    expect(plain(formatMoment('2026-11-30T16:30:00.000Z', 'ko'))).toMatch(/^2026년 12월 1일 \(화\) (오전|AM) 1:30$/);
    expect(plain(formatShortMoment('2026-11-30T16:30:00.000Z', 'ko'))).toMatch(/^12월 1일 \(화\) (오전|AM) 1:30$/);
  });

  it('span from the earliest to the latest day', () => {
    expect(plain(formatDays(['2026-12-05T10:00:00Z', '2026-12-01T10:00:00Z'], 'en'))).toBe('Tue, Dec 1 – Sat, Dec 5, 2026');
    expect(plain(formatDays(['2026-12-01T10:00:00Z', '2026-12-01T05:00:00Z'], 'ko'))).toBe('2026년 12월 1일 (화)');
    expect(formatDays([], 'ko')).toBeNull();
  });
});
