import { createPublicKey, randomUUID } from 'node:crypto';
import type { Role } from '../../contracts/events/user.js';
import { UserId } from '../../contracts/ids.js';
import { signAccessToken } from '../access-token.js';
import type { KeySet } from '../key-set.js';
import { issuerKey } from './token-forge.js';

export type TestIssuer = {
  readonly keys: KeySet;
  /** A valid access token for a person of this role, a new one unless named. */
  readonly token: (role: Role, userId?: UserId) => string;
};

/** Signs people in for tests of services that only check tokens. */
export const testIssuer = (): TestIssuer => {
  const { kid, privateKey } = issuerKey();
  const publicKey = createPublicKey(privateKey);
  return {
    keys: { keyOf: async (asked) => (asked === kid ? publicKey : undefined) },
    token: (role, userId = UserId.parse(randomUUID())) =>
      signAccessToken({ kid, privateKey, userId, roles: [role], sessionId: randomUUID(), now: Date.now(), lifetimeSeconds: 900 }),
  };
};
