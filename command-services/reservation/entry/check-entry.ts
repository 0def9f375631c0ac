import type { EntryClaims } from '@tiketi/shared-kernel/contracts/entry-token.js';
import type { UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { verifyEntryToken } from '@tiketi/shared-kernel/service/entry-token.js';
import { type KeySet, KeySetUnavailableError } from '@tiketi/shared-kernel/service/key-set.js';
import { LRUCache } from 'lru-cache';
import type { EntryCheck } from '../inventory/hold-seats.js';

/** What a buyer's entry token says; whether the show asks for one, its inventory knows. */
export type CheckEntry = (token: string | undefined, userId: UserId) => Promise<EntryCheck>;

/**
 * Checks entry tokens against the queue's published keys; a verified one is remembered until it expires. Without keys (no queue is
 * configured) none is believed.
 */
export const createCheckEntry = ({
  keys,
  clock,
}: {
  readonly keys: KeySet | undefined;
  readonly clock: () => number;
}): CheckEntry => {
  const verified = new LRUCache<string, EntryClaims>({ max: 20_000 });

  const claimsOf = async (token: string, keyOf: KeySet['keyOf']): Promise<EntryClaims | undefined> => {
    const now = clock();
    const remembered = verified.get(token);
    if (remembered !== undefined) return remembered.exp * 1000 > now ? remembered : undefined;
    const claims = await verifyEntryToken(token, { keyOf, now });
    if (claims !== undefined) verified.set(token, claims);
    return claims;
  };

  return async (token, userId) => {
    if (token === undefined) return { kind: 'none' };
    if (keys === undefined) return { kind: 'invalid' };
    try {
      const claims = await claimsOf(token, keys.keyOf);
      return claims?.sub === userId ? { kind: 'admitted', showId: claims.show } : { kind: 'invalid' };
    } catch (error) {
      if (error instanceof KeySetUnavailableError) return { kind: 'unavailable' };
      throw error;
    }
  };
};
