import { createPublicKey } from 'node:crypto';
import type { KeySet } from '@tiketi/shared-kernel/service/key-set.js';
import type { SigningKeys } from './signing-keys.js';

/** This service checks tokens with its own keys, without asking itself over HTTP. */
export const keySetOf = (keys: SigningKeys): KeySet => {
  const table = new Map(keys.published.map((key) => [key.kid, createPublicKey({ key: { ...key }, format: 'jwk' })]));
  return { keyOf: async (kid) => table.get(kid) };
};
