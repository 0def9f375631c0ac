import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Buyer, RefusedError } from '@tiketi/cli/demo-purchase/buyer.js';
import type { Reserved } from '@tiketi/shared-kernel/contracts/http/reservations.js';
import type { Minted } from './minted-tokens.js';

/** What the buyer was told; only what was told counts as acknowledged. */
export type Told = {
  readonly buyer: Minted;
  readonly reserved: Reserved | undefined;
  readonly confirmed: boolean;
  /** The refusal that ended the purchase, if one did. */
  readonly refusal: string | undefined;
};

/** No answer, or one that says to ask again. */
const isPassing = (error: unknown): boolean => !(error instanceof RefusedError) || error.status >= 500 || error.status === 429;

/** Repeats a request with its own key, as a browser would, while the site does not answer it; throws the first real refusal. */
const insist = async <T>(ask: () => Promise<T>, until: number): Promise<T> => {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isPassing(error) || performance.now() > until) throw error;
      await pause(100);
    }
  }
};

/** One purchase, each step insisted on until `patienceMs` have passed; a refusal ends it and is told. */
export const buyStubbornly = async (
  buyer: Buyer,
  minted: Minted,
  performanceId: string,
  seatIds: readonly string[],
  patienceMs: number,
): Promise<Told> => {
  const until = performance.now() + patienceMs;
  const { token } = minted;
  const keys = { reserve: randomUUID(), prepare: randomUUID(), confirm: randomUUID() };
  let reserved: Reserved | undefined;
  try {
    const held = await insist(() => buyer.reserve(token, performanceId, seatIds, keys.reserve), until);
    reserved = held;
    const prepared = await insist(() => buyer.prepare(token, held.id, keys.prepare), until);
    const paymentKey = await insist(() => buyer.authenticate(prepared), until);
    const paid = await insist(() => buyer.confirm(token, paymentKey, prepared, keys.confirm), until);
    return { buyer: minted, reserved, confirmed: paid.status === 'confirmed', refusal: undefined };
  } catch (error) {
    const refusal = error instanceof RefusedError ? `${error.status} ${error.code}` : String(error);
    return { buyer: minted, reserved, confirmed: false, refusal };
  }
};
