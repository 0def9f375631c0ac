import type { KeyObject } from 'node:crypto';
import { ENTRY_TOKEN, EntryClaims } from '../contracts/entry-token.js';
import type { ShowId, UserId } from '../contracts/ids.js';
import { signToken, type TokenKind, verifySignedToken } from './signed-token.js';

const kind: TokenKind = {
  algorithm: ENTRY_TOKEN.algorithm,
  type: ENTRY_TOKEN.typ,
  issuer: ENTRY_TOKEN.issuer,
  audience: ENTRY_TOKEN.audience,
};

/** The claims of an entry token signed by a key of `keyOf` and not expired at `now` (ms); undefined for every other string. */
export const verifyEntryToken = (
  token: string,
  { keyOf, now }: { readonly keyOf: (kid: string) => Promise<KeyObject | undefined>; readonly now: number },
): Promise<EntryClaims | undefined> => verifySignedToken(token, { kind, claims: EntryClaims, keyOf, now });

/** A signed entry token; `now` is in milliseconds, `kid` names the published key. */
export const signEntryToken = (o: {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly userId: UserId;
  readonly showId: ShowId;
  readonly admission: number;
  readonly now: number;
  readonly lifetimeSeconds: number;
}): string => {
  const issuedAt = Math.floor(o.now / 1000);
  const claims: EntryClaims = {
    iss: ENTRY_TOKEN.issuer,
    aud: ENTRY_TOKEN.audience,
    sub: o.userId,
    show: o.showId,
    admission: o.admission,
    iat: issuedAt,
    exp: issuedAt + o.lifetimeSeconds,
  };
  return signToken(claims, { kind, kid: o.kid, privateKey: o.privateKey });
};
