import { type KeyObject, verify } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
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

/** What is checked of every token beside its signature; seconds since 1970. */
const Terms = z.object({ iss: z.string(), aud: z.string(), exp: z.int(), nbf: z.int().optional() });

/** Tokens signed by one key have one and the same header: read once. Only those of tokens that were verified are kept. */
const knownHeads = new LRUCache<string, z.infer<typeof Header>>({ max: 100 });

const LONGEST = 4096;

/** Bytes of an ES256 signature: two numbers of 32 (RFC 7518, 3.4). */
const SIGNATURE_BYTES = 64;

/** Text has many base64url spellings that decode alike; only the one without slack bits is a signature's. */
const signatureOf = (part: string): Buffer | undefined => {
  const bytes = Buffer.from(part, 'base64url');
  return bytes.length === SIGNATURE_BYTES && bytes.toString('base64url') === part ? bytes : undefined;
};

/** In the thread pool: on the event loop the mathematics of one token would hold up every other request. */
const isSigned = (text: string, key: KeyObject, signature: Buffer): Promise<boolean> =>
  new Promise((resolve) => {
    verify('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }, signature, (error, valid) =>
      resolve(error === null && valid),
    );
  });

const isP256 = (key: KeyObject): boolean => key.type === 'public' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';

/**
 * The claims of a token of this kind signed by a key of `keyOf` and valid at `now` (ms); undefined for every other string. The
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
  const [head, payload, last, ...more] = token.length > LONGEST ? [] : token.split('.');
  if (!head || !payload || !last || more.length > 0) return undefined;
  const signature = signatureOf(last);
  if (signature === undefined) return undefined;
  let header: z.infer<typeof Header>;
  let said: unknown;
  try {
    header = knownHeads.get(head) ?? Header.parse(readPart(head));
    if (header.typ !== o.kind.type) return undefined;
    said = readPart(payload);
  } catch {
    return undefined;
  }
  const key = await o.keyOf(header.kid);
  if (key === undefined || !isP256(key)) return undefined;
  if (!(await isSigned(`${head}.${payload}`, key, signature))) return undefined;
  knownHeads.set(head, header);
  return isCurrent(said, o.kind, o.now / 1000) ? o.claims.safeParse(said).data : undefined;
};

const isCurrent = (said: unknown, kind: TokenKind, seconds: number): boolean => {
  const terms = Terms.safeParse(said).data;
  if (terms === undefined) return false;
  const { iss, aud, exp, nbf = 0 } = terms;
  return iss === kind.issuer && aud === kind.audience && exp > seconds && nbf <= seconds;
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
