import { createPublicKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import type { Role } from '@tiketi/shared-kernel/contracts/events/user.js';
import { UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { signAccessToken } from '@tiketi/shared-kernel/service/access-token.js';
import { z } from 'zod';

const KeySet = z.object({ keys: z.array(z.object({ kid: z.string(), x: z.string() })) });

export type Minted = { readonly userId: UserId; readonly token: string };

/** A signing key to start a stack with, so that many buyers need not sign in first (bcrypt would be the thing tried). */
export const newSigningKey = (): { readonly privateKey: KeyObject; readonly pem: string } => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return { privateKey, pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
};

/** Mints access tokens as the auth service of this stack would: the key's published id is looked up once. */
export const createMint = async (authUrl: string, privateKey: KeyObject): Promise<(roles?: readonly Role[]) => Minted> => {
  const answer = await fetch(new URL('/.well-known/jwks.json', authUrl));
  const { keys } = KeySet.parse(await answer.json());
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  const kid = keys.find((key) => key.x === x)?.kid;
  if (kid === undefined) throw new Error('the stack does not use the signing key it was started with');
  return (roles = ['user']) => {
    const userId = UserId.parse(randomUUID());
    const common = { kid, privateKey, userId, roles, sessionId: randomUUID() };
    return { userId, token: signAccessToken({ ...common, now: Date.now(), lifetimeSeconds: 3600 }) };
  };
};
