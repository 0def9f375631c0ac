import { z } from 'zod';
import type { TossCode } from './errors.js';
import { readKoreanTime } from './korean-time.js';
import type { Transaction } from './ledger.js';
import { transactionObject } from './payment-object.js';

const MAX_PAGE = 5_000;

const KoreanDateTime = z.string().transform((text, context) => {
  const at = readKoreanTime(text);
  if (at !== undefined) return at;
  context.addIssue('not a date and time');
  return z.NEVER;
});

const Query = z.object({
  startDate: KoreanDateTime,
  endDate: KoreanDateTime,
  startingAfter: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(100),
});

/** One page of the period's transactions, oldest first; the next page starts after the last transactionKey of this one. */
export function transactionPage(
  query: unknown,
  transactions: readonly Transaction[],
  publicUrl: string,
): { lines: readonly Record<string, unknown>[] } | { refused: TossCode } {
  const parsed = Query.safeParse(query);
  if (!parsed.success) return { refused: 'INVALID_REQUEST' };
  const { startDate, endDate, startingAfter, limit } = parsed.data;
  if (startDate > endDate) return { refused: 'INVALID_DATE' };
  const period = transactions.filter(({ at }) => at >= startDate && at <= endDate);
  const last = startingAfter === undefined ? -1 : period.findIndex(({ transactionKey }) => transactionKey === startingAfter);
  if (startingAfter !== undefined && last < 0) return { refused: 'INVALID_TRANSACTION_KEY' };
  return { lines: period.slice(last + 1, last + 1 + limit).map((line) => transactionObject(line, publicUrl)) };
}
