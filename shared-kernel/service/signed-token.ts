import type { KeyObject } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';
import { z } from 'zod';

/** How tokens of a kind are signed and for whom; only ES256 is spoken here. */
export type TokenKind = {
  readonly algorithm: 'ES256';
  /** The header's `typ`, so that a token of one kind never passes for another. */
  readonly type: string;
  readonly issuer: string;
  readonly audience: string;
};

/** Parts must be written the one way JSON.stringify writes them: a repeated key would mean different things to different readers. */
const readPart = (part: string): unknown => {
  const text = Buffer.from(part, 'base64url').toString('utf8');
  const value: unknown = JSON.parse(text);
  if (JSON.stringify(value) !== text) throw new SyntaxError('not canonical JSON');
  return value;
};

const Header = z.strictObject({ alg: z.literal('ES256'), typ: z.string(), kid: z.string().min(1).max(100) });

const LONGEST = 4096;

/**
 * The claims of a token of this kind signed by a key of `keyOf` and not expired at `now` (ms); undefined for every other string. The
 * algorithm is never taken from the token. Throws what `keyOf` throws.
 */
export const verifySignedToken = async <S extends z.ZodType>(
  token: string,
  o: {
    readonly kind: TokenKind;
    readonly claims: S;
    readonly keyOf: (kid: string) => Promise<KeyObject | undefined>;
    readonly now: number;
  },
): Promise<z.infer<S> | undefined> => {
  const [head, payload, signature, ...more] = token.length > LONGEST ? [] : token.split('.');
  if (!head || !payload || !signature || more.length > 0) return undefined;
  let kid: string;
  try {
    const header = Header.parse(readPart(head));
    if (header.typ !== o.kind.type) return undefined;
    kid = header.kid;
    readPart(payload);
  } catch {
    return undefined;
  }
  const key = await o.keyOf(kid);
  if (key === undefined) return undefined;
  try {
    const verified = jsonwebtoken.verify(token, key, {
      algorithms: [o.kind.algorithm],
      issuer: o.kind.issuer,
      audience: o.kind.audience,
      clockTimestamp: Math.floor(o.now / 1000),
    });
    return o.claims.safeParse(verified).data;
  } catch {
    return undefined;
  }
};

/** A token of this kind; `kid` names the published key. */
export const signToken = (
  claims: object,
  { kind, kid, privateKey }: { readonly kind: TokenKind; readonly kid: string; readonly privateKey: KeyObject },
): string =>
  jsonwebtoken.sign(claims, privateKey, {
    algorithm: kind.algorithm,
    header: { alg: kind.algorithm, typ: kind.type, kid },
  });
