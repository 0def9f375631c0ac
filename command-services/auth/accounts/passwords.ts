import { availableParallelism } from 'node:os';
import bcrypt from 'bcrypt';
import { problemOf } from '../problems.js';

export type Passwords = {
  /** A bcrypt hash. Throws 503 SIGN_IN_BUSY when too many wait. */
  readonly hash: (password: string) => Promise<string>;
  /** Takes as long for an account that does not exist or has no password (`undefined`, `null`) as for one that does. */
  readonly matches: (password: string, hash: string | null | undefined) => Promise<boolean>;
};

export const LONGEST_BYTES = 72;

/** bcrypt ends a password at its first NUL and cuts it after 72 bytes; neither may pass as the whole. */
export const isHashable = (password: string): boolean => Buffer.byteLength(password) <= LONGEST_BYTES && !password.includes('\0');

/**
 * bcrypt on the thread pool, `concurrency` at a time (one core stays free), at most `maxWaiting` in line:
 * a flood of sign-ins gets quick refusals instead of slow answers.
 */
export const createPasswords = (
  o: { readonly cost?: number; readonly concurrency?: number; readonly maxWaiting?: number } = {},
): Passwords => {
  const cost = o.cost ?? 10;
  const concurrency = o.concurrency ?? Math.min(3, Math.max(1, availableParallelism() - 1));
  const maxWaiting = o.maxWaiting ?? 200;
  const waiting: (() => void)[] = [];
  let running = 0;

  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= concurrency) {
      if (waiting.length >= maxWaiting) throw problemOf('HashingOverloaded', { headers: { 'retry-after': '2' } });
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running += 1;
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };

  const hash = (password: string): Promise<string> => inTurn(() => bcrypt.hash(password, cost));
  // made beforehand: the first unknown address must not take longer than the next
  const decoy = bcrypt.hash('nobody has this password', cost);

  return {
    hash,
    matches: async (password, stored) => {
      const against = stored ?? (await decoy);
      const comparable = isHashable(password) ? password : '';
      const same = await inTurn(() => bcrypt.compare(comparable, against));
      return same && comparable === password && stored !== null && stored !== undefined;
    },
  };
};
