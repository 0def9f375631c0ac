import type { IdempotencyRecords } from './idempotency-records.js';

/** A claim nobody renews is free after this: how long the death of a process keeps its requests' keys. */
export const CLAIM_LEASE_MS = 6_000;
const RENEW_MS = CLAIM_LEASE_MS / 3;
/** No answer takes longer; a handler that never answers must not keep its key for ever. */
const LONGEST_ANSWER_MS = 120_000;

export type HeldClaims = {
  readonly hold: (name: string, claim: string) => void;
  readonly drop: (name: string) => void;
};

/** Renews the claims of requests that take long, so that the lease itself can be short. */
export const createHeldClaims = (
  records: Pick<IdempotencyRecords, 'renew'>,
  { renewMs = RENEW_MS, longestMs = LONGEST_ANSWER_MS }: { readonly renewMs?: number; readonly longestMs?: number } = {},
): HeldClaims => {
  const held = new Map<string, { readonly claim: string; readonly since: number }>();
  let timer: NodeJS.Timeout | undefined;

  const renew = (): void => {
    const now = performance.now();
    for (const [name, { claim, since }] of held) {
      if (now - since > longestMs) held.delete(name);
      // where it cannot be renewed it ends, and the stream alone knows the repeat
      else if (now - since >= renewMs / 2) records.renew(name, claim).catch(() => undefined);
    }
    if (held.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };

  return {
    hold: (name, claim) => {
      held.set(name, { claim, since: performance.now() });
      timer ??= setInterval(renew, renewMs).unref();
    },
    drop: (name) => {
      held.delete(name);
    },
  };
};
