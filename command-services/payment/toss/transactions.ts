import { type ProviderAlarm, type ProviderTransaction, ProviderUnreadableError, type TransactionPeriod } from '../provider.js';
import { readTransactions } from './answers.js';
import { confirmMeaning } from './error-codes.js';
import type { TossExchange } from './exchange.js';

/** More than this in one period is a loop, not a business. */
const MOST_PAGES = 10_000;

/** Korean time to the millisecond, without an offset, as the provider's query wants it. */
const korean = (instant: string): string => new Date(Date.parse(instant) + 9 * 3_600_000).toISOString().slice(0, -1);

/** Pages `GET /v1/transactions` until a page comes back empty: a short one may only mean that the provider caps them lower. */
export const tossTransactions = (
  exchange: TossExchange,
  pageSize: number,
  alarm: (reason: ProviderAlarm['reason'], detail: string) => void,
) =>
  async function* (period: TransactionPeriod): AsyncGenerator<ProviderTransaction, void, undefined> {
    const startDate = korean(period.from);
    const endDate = korean(period.to);
    let after: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const query = new URLSearchParams({
        startDate,
        endDate,
        limit: String(pageSize),
        ...(after === undefined ? {} : { startingAfter: after }),
      });
      const answer = await exchange.call(
        {
          operation: 'transactions',
          method: 'GET',
          path: `/v1/transactions?${query}`,
          endpoint: 'GET /v1/transactions',
          shown: { startDate, endDate, page },
          meaning: confirmMeaning,
        },
        readTransactions,
      );
      if (answer.kind === 'lost') {
        if (answer.unreadable) alarm('unreadable', answer.cause);
        throw new ProviderUnreadableError(answer.cause);
      }
      if (answer.kind === 'error') {
        if (confirmMeaning(answer.code) === 'configuration') alarm('configuration', answer.code);
        throw new ProviderUnreadableError(answer.code);
      }
      yield* answer.lines;
      const last = answer.lines.at(-1)?.transactionKey;
      if (last === undefined) return;
      if (last === after) throw new ProviderUnreadableError('the provider repeats its last page');
      after = last;
    }
    throw new ProviderUnreadableError('the books do not end');
  };
