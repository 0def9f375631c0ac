import type { KeyObject } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';
import { z } from 'zod';
import { Role } from '../contracts/events/user.js';
import { UserId } from '../contracts/ids.js';

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

const Header = z.strictObject({
  alg: z.literal(ACCESS_TOKEN.algorithm),
  typ: z.literal(ACCESS_TOKEN.type),
  kid: z.string().min(1).max(100),
});

/** Parts must be written the one way JSON.stringify writes them: a repeated key would mean different things to different readers. */
const readPart = (part: string): unknown => {
  const text = Buffer.from(part, 'base64url').toString('utf8');
  const value: unknown = JSON.parse(text);
  if (JSON.stringify(value) !== text) throw new SyntaxError('not canonical JSON');
  return value;
};

const LONGEST = 4096;

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
): Promise<AccessTokenClaims | undefined> => {
  const [head, payload, signature, ...more] = token.length > LONGEST ? [] : token.split('.');
  if (!head || !payload || !signature || more.length > 0) return undefined;
  let kid: string;
  try {
    kid = Header.parse(readPart(head)).kid;
    readPart(payload);
  } catch {
    return undefined;
  }
  const key = await o.keyOf(kid);
  if (key === undefined) return undefined;
  try {
    const verified = jsonwebtoken.verify(token, key, {
      algorithms: [ACCESS_TOKEN.algorithm],
      issuer: o.issuer,
      audience: o.audience,
      clockTimestamp: Math.floor(o.now / 1000),
    });
    return AccessTokenClaims.safeParse(verified).data;
  } catch {
    return undefined;
  }
};

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
  const header = { alg: ACCESS_TOKEN.algorithm, typ: ACCESS_TOKEN.type, kid: o.kid };
  return jsonwebtoken.sign(claims, o.privateKey, { algorithm: ACCESS_TOKEN.algorithm, header });
};
