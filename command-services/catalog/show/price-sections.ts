import type { LayoutSection, PricedSection } from '@tiketi/shared-kernel/contracts/events/layout.js';
import type { GradePrice } from '@tiketi/shared-kernel/contracts/events/show.js';

export type PricingRefusal = 'GRADE_NOT_PRICED' | 'GRADE_PRICED_TWICE' | 'GRADE_UNKNOWN';

/** Joins a layout's geometry with a price list: every grade of the layout once, and no other. */
export const priceSections = (
  sections: readonly LayoutSection[],
  prices: readonly GradePrice[],
): { readonly sections: PricedSection[] } | { readonly refused: PricingRefusal } => {
  const priceOf = new Map(prices.map(({ grade, price }) => [grade, price]));
  if (priceOf.size < prices.length) return { refused: 'GRADE_PRICED_TWICE' };
  const grades = new Set(sections.map(({ grade }) => grade));
  if (prices.some(({ grade }) => !grades.has(grade))) return { refused: 'GRADE_UNKNOWN' };
  const priced: PricedSection[] = [];
  for (const { section, rows, seatsPerRow, grade } of sections) {
    const price = priceOf.get(grade);
    if (price === undefined) return { refused: 'GRADE_NOT_PRICED' };
    priced.push({ section, rows, seatsPerRow, grade, price });
  }
  return { sections: priced };
};
