import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { LRUCache } from 'lru-cache';
import type { Role } from '../contracts/events/user.js';
import type { UserId } from '../contracts/ids.js';
import { ACCESS_TOKEN, type AccessTokenClaims, verifyAccessToken } from './access-token.js';
import { createKeySet, type KeySet, KeySetUnavailableError } from './key-set.js';
import { ProblemError } from './problem.js';
import { requestFact } from './request-fact.js';

/** Who asks. `tokenExpiresAt` is in milliseconds; `sessionId` is the refresh family. */
export type Principal = {
  readonly userId: UserId;
  readonly roles: readonly Role[];
  readonly sessionId: string;
  readonly tokenExpiresAt: number;
};

export type Authenticator = {
  /** 401 UNAUTHENTICATED unless a valid access token is presented. */
  readonly requireUser: RequestHandler;
  /** Also 403 FORBIDDEN unless the person has one of these roles. */
  readonly requireRole: (...roles: readonly Role[]) => RequestHandler;
  /** Anonymous requests pass; a presented token must still be valid. */
  readonly optionalUser: RequestHandler;
};

export type AuthenticatorOptions = {
  readonly issuer?: string;
  readonly audience?: string;
  readonly clock?: () => number;
} & ({ readonly keys: KeySet } | { readonly jwksUrl: string; readonly fetch?: typeof globalThis.fetch });

const principals = requestFact<Principal>('principal');

const unauthenticated = (): ProblemError =>
  new ProblemError(401, 'UNAUTHENTICATED', { headers: { 'www-authenticate': 'Bearer realm="tiketi"' } });

/** The person of a request that passed `requireUser` or `requireRole`; a route that forgot them answers 401. */
export const principalOf = (req: Request): Principal => {
  const principal = principals.of(req);
  if (principal === undefined) throw unauthenticated();
  return principal;
};

/** The person of a request, if one was authenticated. */
export const principalIfAny = (req: Request): Principal | undefined => principals.of(req);

/** The credentials of an `Authorization: Bearer` header; undefined when there is no such header. */
const bearerOf = (req: Request): string | undefined => {
  const header = req.headers.authorization;
  if (header === undefined) return undefined;
  return /^Bearer +([^\s]+)$/i.exec(header)?.[1] ?? '';
};

const principalFrom = (claims: AccessTokenClaims): Principal => ({
  userId: claims.sub,
  roles: claims.roles,
  sessionId: claims.sid,
  tokenExpiresAt: claims.exp * 1000,
});

/** Checks access tokens against the published key set; a verified token is remembered until it expires. */
export const createAuthenticator = (o: AuthenticatorOptions): Authenticator => {
  const clock = o.clock ?? Date.now;
  const keys =
    'keys' in o ? o.keys : createKeySet({ url: o.jwksUrl, clock, ...(o.fetch === undefined ? {} : { fetch: o.fetch }) });
  const issuer = o.issuer ?? ACCESS_TOKEN.issuer;
  const audience = o.audience ?? ACCESS_TOKEN.audience;
  const verified = new LRUCache<string, Principal>({ max: 20_000 });

  const verify = async (token: string): Promise<Principal> => {
    const remembered = verified.get(token);
    if (remembered !== undefined && remembered.tokenExpiresAt > clock()) return remembered;
    try {
      const claims = await verifyAccessToken(token, { keyOf: keys.keyOf, issuer, audience, now: clock() });
      if (claims === undefined) throw unauthenticated();
      const principal = principalFrom(claims);
      verified.set(token, principal);
      return principal;
    } catch (error) {
      if (error instanceof KeySetUnavailableError)
        throw new ProblemError(503, 'AUTH_UNAVAILABLE', { headers: { 'retry-after': '1' } });
      throw error;
    }
  };

  const check =
    (allowed: (principal: Principal | undefined) => ProblemError | undefined): RequestHandler =>
    async (req, _res, next) => {
      const token = bearerOf(req);
      const principal = token === undefined ? undefined : await verify(token);
      const refusal = allowed(principal);
      if (refusal !== undefined) throw refusal;
      if (principal !== undefined) principals.set(req, principal);
      next();
    };

  return {
    requireUser: check((principal) => (principal === undefined ? unauthenticated() : undefined)),
    requireRole: (...roles) =>
      check((principal) => {
        if (principal === undefined) return unauthenticated();
        return principal.roles.some((role) => roles.includes(role)) ? undefined : new ProblemError(403, 'FORBIDDEN');
      }),
    optionalUser: check(() => undefined),
  };
};

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Guards `/internal/*`: the service token as a Bearer credential, compared in constant time; else 401 UNAUTHENTICATED. */
export const requireService = (token: string): RequestHandler => {
  const expected = digest(token);
  return (req, _res, next) => {
    if (!timingSafeEqual(digest(bearerOf(req) ?? ''), expected)) throw unauthenticated();
    next();
  };
};
