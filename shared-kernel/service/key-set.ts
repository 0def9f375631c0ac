import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';

const KeySetDocument = z.object({
  keys: z.array(z.looseObject({ kid: z.string().min(1), kty: z.string(), alg: z.string().optional() })),
});

export type KeySet = {
  /** The public key of a kid; undefined when the issuer does not publish it. Throws KeySetUnavailableError while nothing was ever fetched. */
  readonly keyOf: (kid: string) => Promise<KeyObject | undefined>;
};

export class KeySetUnavailableError extends Error {
  override readonly name = 'KeySetUnavailableError';
}

export type KeySetOptions = {
  readonly url: string;
  readonly fetch?: typeof globalThis.fetch;
  readonly clock?: () => number;
  /** Least time between two fetches (ms): unknown kids cost the issuer no more than this. */
  readonly minIntervalMs?: number;
  /** A set older than this is fetched anew (ms), so that a withdrawn key stops being believed. */
  readonly maxAgeMs?: number;
};

const parseKeys = (document: unknown): Map<string, KeyObject> => {
  const keys = KeySetDocument.parse(document).keys.filter((key) => key.kty === 'EC' && (key.alg ?? 'ES256') === 'ES256');
  return new Map(keys.map((key) => [key.kid, createPublicKey({ key: key as JsonWebKey, format: 'jwk' })]));
};

/** The issuer's published ES256 keys, a KeyObject made once per kid. While the issuer is down the last good set serves. */
export const createKeySet = (o: KeySetOptions): KeySet => {
  const clock = o.clock ?? Date.now;
  const fetchFrom = o.fetch ?? globalThis.fetch;
  const minInterval = o.minIntervalMs ?? 5000;
  const maxAge = o.maxAgeMs ?? 300_000;
  let keys: Map<string, KeyObject> | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;
  let fetching: Promise<void> | undefined;

  const fetchKeys = async (): Promise<void> => {
    try {
      const response = await fetchFrom(o.url, { signal: AbortSignal.timeout(3000), redirect: 'error' });
      if (!response.ok) return;
      keys = parseKeys(await response.json());
    } catch {
      // the last good set goes on serving; a token whose key it lacks is refused
    }
  };

  const refresh = (): Promise<void> => {
    if (fetching !== undefined) return fetching;
    const wait = keys === undefined ? Math.min(minInterval, 250) : minInterval;
    if (clock() - triedAt < wait) return Promise.resolve();
    triedAt = clock();
    fetching = fetchKeys().finally(() => {
      fetching = undefined;
    });
    return fetching;
  };

  return {
    keyOf: async (kid) => {
      const known = keys?.get(kid);
      if (known !== undefined) {
        // refreshed behind the caller's back: nobody waits for a key that is known
        if (clock() - triedAt > maxAge) void refresh();
        return known;
      }
      await refresh();
      if (keys === undefined) throw new KeySetUnavailableError(`no key set from ${o.url}`);
      return keys.get(kid);
    },
  };
};
