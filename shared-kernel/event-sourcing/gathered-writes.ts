import { isInfrastructure } from './consumers/failures.js';

export type GatheredWrites<T> = {
  /** Resolves when the row is written, rejects with what kept it from being written. */
  readonly add: (row: T) => Promise<void>;
  /** Rows that are not written yet and not in hand. */
  readonly waiting: () => number;
  /** Forgets all but the newest `keep` of them, for rows that nobody waits for. */
  readonly dropOldest: (keep: number) => void;
  /** Writes at once what waits, and resolves when nothing does any more. */
  readonly flush: () => Promise<void>;
};

type Waiting<T> = { readonly row: T; readonly resolve: () => void; readonly reject: (error: unknown) => void };

const MOST_AT_ONCE = 500;

/**
 * Writes rows together: those that come within `everyMs` of the first, or while a write is under way, share one statement. Where a batch
 * fails and the database is not away, each row is tried by itself, so that one which cannot be written does not keep the others out.
 */
export const createGatheredWrites = <T>({
  write,
  everyMs = 0,
  onFailed,
}: {
  readonly write: (rows: readonly T[]) => Promise<void>;
  readonly everyMs?: number;
  /** Hears once of each batch, or row tried by itself, that could not be written; for rows whose adders do not listen. */
  readonly onFailed?: (error: unknown, rows: number) => void;
}): GatheredWrites<T> => {
  const waiting: Waiting<T>[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;

  const writeBatch = async (batch: readonly Waiting<T>[]): Promise<void> => {
    try {
      await write(batch.map(({ row }) => row));
      for (const { resolve } of batch) resolve();
    } catch (error) {
      if (batch.length > 1 && !isInfrastructure(error)) for (const one of batch) await writeBatch([one]);
      else {
        onFailed?.(error, batch.length);
        for (const { reject } of batch) reject(error);
      }
    }
  };

  const work = async (): Promise<void> => {
    while (waiting.length > 0) await writeBatch(waiting.splice(0, MOST_AT_ONCE));
    writing = undefined;
  };

  const begin = (): void => {
    clearTimeout(timer);
    timer = undefined;
    // without anything to write the work would be over before it is remembered as under way
    if (waiting.length > 0) writing ??= work();
  };

  return {
    add: (row) =>
      new Promise((resolve, reject) => {
        waiting.push({ row, resolve, reject });
        if (writing !== undefined) return;
        if (everyMs === 0) begin();
        else timer ??= setTimeout(begin, everyMs);
      }),
    waiting: () => waiting.length,
    dropOldest: (keep) => {
      const dropped = waiting.splice(0, Math.max(0, waiting.length - keep));
      for (const { resolve } of dropped) resolve();
    },
    flush: async () => {
      while (waiting.length > 0 || writing !== undefined) {
        begin();
        await writing;
      }
    },
  };
};
