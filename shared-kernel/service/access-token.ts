import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { Role } from '../contracts/events/user.js';
import { UserId } from '../contracts/ids.js';
import { signToken, verifySignedToken } from './signed-token.js';

/** What every access token says of itself (RFC 9068 names the type). */
export const ACCESS_TOKEN = { issuer: 'tiketi', audience: 'tiketi-api', type: 'at+jwt', algorithm: 'ES256' } as const;

/** Times are seconds since 1970; `sid` is the refresh family the token belongs to. */
export const AccessTokenClaims = z.object({
  iss: z.string(),
  aud: z.string(),
  sub: UserId,
  roles: z.array(Role).min(1),
  sid: z.string().min(1).max(100),
  iat: z.int(),
  exp: z.int(),
});
export type AccessTokenClaims = z.infer<typeof AccessTokenClaims>;

/**
 * The claims of a token signed with ES256 by a key of `keyOf`, for this issuer and audience, of this type, not expired at `now` (ms);
 * undefined for every other string. The algorithm is never taken from the token.
 */
export const verifyAccessToken = async (
  token: string,
  o: {
    readonly keyOf: (kid: string) => Promise<KeyObject | undefined>;
    readonly issuer: string;
    readonly audience: string;
    readonly now: number;
  },
): Promise<AccessTokenClaims | undefined> =>
  verifySignedToken(token, {
    kind: { ...ACCESS_TOKEN, issuer: o.issuer, audience: o.audience },
    claims: AccessTokenClaims,
    keyOf: o.keyOf,
    now: o.now,
  });

/** A signed access token; `now` is in milliseconds, `kid` names the published key. */
export const signAccessToken = (o: {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly userId: UserId;
  readonly roles: readonly Role[];
  readonly sessionId: string;
  readonly now: number;
  readonly lifetimeSeconds: number;
}): string => {
  const issuedAt = Math.floor(o.now / 1000);
  const claims: AccessTokenClaims = {
    iss: ACCESS_TOKEN.issuer,
    aud: ACCESS_TOKEN.audience,
    sub: o.userId,
    roles: [...o.roles],
    sid: o.sessionId,
    iat: issuedAt,
    exp: issuedAt + o.lifetimeSeconds,
  };
  return signToken(claims, { kind: ACCESS_TOKEN, kid: o.kid, privateKey: o.privateKey });
};
