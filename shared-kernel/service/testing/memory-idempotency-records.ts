import type { IdempotencyRecords } from '../idempotency-records.js';

/** Records of one process, which nothing ends but `clear`; what is asked of them can be held up or made to fail. */
export const memoryIdempotencyRecords = () => {
  const texts = new Map<string, string>();
  const renewed: string[] = [];
  let trouble: () => Promise<void> = async () => undefined;
  const records: IdempotencyRecords = {
    claim: async (name, claim) => {
      await trouble();
      const before = texts.get(name) ?? null;
      if (before === null) texts.set(name, claim);
      return before;
    },
    renew: async (name, claim) => {
      await trouble();
      if (texts.get(name) === claim) renewed.push(name);
    },
    keep: async (name, answer) => {
      await trouble();
      texts.set(name, answer);
    },
    release: async (name, claim) => {
      await trouble();
      if (texts.get(name) === claim) texts.delete(name);
    },
  };
  return {
    ...records,
    texts,
    /** Names whose claims were renewed, in order. */
    renewed,
    /** Awaited before everything that is asked from now on. */
    trouble: (next: () => Promise<void>) => {
      trouble = next;
    },
  };
};
