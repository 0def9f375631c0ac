import { createHmac, createPublicKey } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Authenticator, createAuthenticator, principalOf, requireService } from './authenticate.js';
import { createHttpApp } from './http-app.js';
import { createMetrics } from './metrics.js';
import { recordingLogger } from './testing/recording-logger.js';
import { type Served, serve } from './testing/serve.js';
import { forge, issuerKey } from './testing/token-forge.js';

const NOW = Date.parse('2026-11-21T10:00:00Z');
const SERVICE_TOKEN = 'service-token-0123456789';
const key = issuerKey('key-1');
const stranger = issuerKey('key-1');

const appWith = (authenticator: Authenticator) =>
  createHttpApp({
    service: 'test',
    logger: recordingLogger().logger,
    metrics: createMetrics('test'),
    routes: (router) => {
      router.get('/mine', authenticator.requireUser, (req, res) => {
        res.json({ userId: principalOf(req).userId });
      });
      router.get('/staff', authenticator.requireRole('admin', 'operator'), (_req, res) => {
        res.json({});
      });
      router.get('/open', authenticator.optionalUser, (_req, res) => {
        res.json({});
      });
      router.get('/forgot', (req, res) => {
        res.json(principalOf(req));
      });
      router.get('/internal/x', requireService(SERVICE_TOKEN), (_req, res) => {
        res.json({});
      });
    },
  });

type Issuer = { fetches: number; keys: Record<string, unknown>[]; down: boolean; now: number };
let issuer: Issuer;
let served: Served;

const keySetFetch = async (): Promise<Response> => {
  issuer.fetches += 1;
  if (issuer.down) throw new TypeError('fetch failed');
  return Response.json({ keys: issuer.keys });
};

beforeEach(async () => {
  issuer = { fetches: 0, keys: [key.jwk], down: false, now: NOW };
  const authenticator = createAuthenticator({ jwksUrl: 'http://auth/jwks', fetch: keySetFetch, clock: () => issuer.now });
  served = await serve(appWith(authenticator));
});
afterEach(() => served.close());

const get = async (path: string, token?: string) => {
  const answer = await fetch(served.url + path, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

const hs256 = (secret: string) => (input: string) => createHmac('sha256', secret).update(input).digest('base64url');
const publicPem = createPublicKey(key.privateKey).export({ type: 'spki', format: 'pem' }).toString();
const seconds = NOW / 1000;
const claimsText = (more: string) =>
  `{"iss":"tiketi","aud":"tiketi-api","sub":"11111111-1111-4111-8111-111111111111","roles":["user"],${more}"sid":"s","iat":${seconds},"exp":${seconds + 900}}`;

describe('createAuthenticator', () => {
  it('knows the person of a good token and fetches the key set once', async () => {
    const sub = '11111111-1111-4111-8111-111111111111';
    const token = forge(key, NOW, { claims: { sub } });
    for (let i = 0; i < 3; i += 1) expect(await get('/mine', token)).toEqual({ status: 200, body: { userId: sub } });
    expect((await get('/mine', forge(key, NOW))).status).toBe(200);
    expect((await get('/mine', forge(key, NOW, { claims: claimsText('') }))).status).toBe(200);
    expect(issuer.fetches).toBe(1);
  });

  it.each<[string, string]>([
    ['alg none', forge(key, NOW, { header: { alg: 'none' }, sign: () => '' })],
    ['alg nOnE with a signature left', forge(key, NOW, { header: { alg: 'nOnE' } })],
    ['HS256 under the public key', forge(key, NOW, { header: { alg: 'HS256' }, sign: hs256(publicPem) })],
    ['HS256 under the published key', forge(key, NOW, { header: { alg: 'HS256' }, sign: hs256(JSON.stringify(key.jwk)) })],
    ['ES256 said, HS256 made', forge(key, NOW, { sign: hs256(publicPem) })],
    ['another key of the same kid', forge(stranger, NOW)],
    ['a key brought along (jwk)', forge(stranger, NOW, { header: { jwk: stranger.jwk } })],
    ['a key to fetch (jku)', forge(stranger, NOW, { header: { jku: 'https://evil.example/jwks' } })],
    ['a key to fetch (x5u)', forge(stranger, NOW, { header: { x5u: 'https://evil.example/x' } })],
    ['a kid that is a path', forge(key, NOW, { header: { kid: '../../../dev/null' } })],
    ['a kid that is SQL', forge(key, NOW, { header: { kid: "x' union select 'k" } })],
    ['a kid of the prototype', forge(key, NOW, { header: { kid: '__proto__' } })],
    ['no kid', forge(key, NOW, { header: `{"alg":"ES256","typ":"at+jwt"}` })],
    ['wrong audience', forge(key, NOW, { claims: { aud: 'other-api' } })],
    ['wrong issuer', forge(key, NOW, { claims: { iss: 'https://evil.example' } })],
    ['an ID token', forge(key, NOW, { header: { typ: 'JWT' } })],
    ['a refresh token', 'rt_c29tZS1vcGFxdWUtdG9rZW4'],
    ['expired', forge(key, NOW, { claims: { exp: seconds - 1 } })],
    ['expiring now', forge(key, NOW, { claims: { exp: seconds } })],
    ['not yet valid', forge(key, NOW, { claims: { nbf: seconds + 60 } })],
    ['without expiry', forge(key, NOW, { claims: { exp: undefined } })],
    ['a repeated claim', forge(key, NOW, { claims: claimsText('"roles":["admin"],') })],
    ['an unknown role', forge(key, NOW, { claims: { roles: ['root'] } })],
    ['a subject that is no id', forge(key, NOW, { claims: { sub: '1 or 1=1' } })],
    ['critical extensions', forge(key, NOW, { header: { crit: ['b64'], b64: false } })],
    ['four parts', `${forge(key, NOW)}.x`],
    ['too long', forge(key, NOW, { claims: { pad: 'x'.repeat(5000) } })],
    ['empty', ''],
  ])('refuses %s', async (_name, token) => {
    expect(await get('/mine', token)).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
  });

  it('refuses a changed payload', async () => {
    const [head, , signature] = forge(key, NOW).split('.');
    const [, payload] = forge(key, NOW, { claims: { roles: ['admin'] } }).split('.');
    expect((await get('/mine', `${head}.${payload}.${signature}`)).status).toBe(401);
  });

  it('asks for a token where one is needed and lets anonymous pass where not', async () => {
    expect((await get('/mine')).status).toBe(401);
    expect((await get('/open')).status).toBe(200);
    expect((await get('/open', 'broken')).status).toBe(401);
    expect((await get('/forgot', forge(key, NOW))).status).toBe(401);
    const basic = await fetch(`${served.url}/mine`, { headers: { authorization: 'Basic dXNlcjpwYXNz' } });
    expect(basic.status).toBe(401);
    expect(basic.headers.get('www-authenticate')).toContain('Bearer');
  });

  it('lets only the named roles in', async () => {
    for (const role of ['user', 'analyst', 'auditor']) {
      expect(await get('/staff', forge(key, NOW, { claims: { roles: [role] } }))).toMatchObject({
        status: 403,
        body: { code: 'FORBIDDEN' },
      });
    }
    expect((await get('/staff', forge(key, NOW, { claims: { roles: ['user', 'operator'] } }))).status).toBe(200);
  });

  it('forgets a verified token when it expires', async () => {
    const token = forge(key, NOW);
    expect((await get('/mine', token)).status).toBe(200);
    issuer.now += 900_000;
    expect((await get('/mine', token)).status).toBe(401);
  });

  it('learns a new key by one fetch, and lets unknown kids cost no more', async () => {
    expect((await get('/mine', forge(key, NOW))).status).toBe(200);
    const next = issuerKey('key-2');
    issuer.keys = [key.jwk, next.jwk];
    issuer.now += 6000;
    expect((await get('/mine', forge(next, NOW))).status).toBe(200);
    for (let i = 0; i < 5; i += 1) expect((await get('/mine', forge(issuerKey(), NOW))).status).toBe(401);
    expect(issuer.fetches).toBe(2);
  });

  it('goes on with the last good keys while the issuer is down', async () => {
    expect((await get('/mine', forge(key, NOW))).status).toBe(200);
    issuer.down = true;
    issuer.now += 400_000;
    expect((await get('/mine', forge(key, issuer.now))).status).toBe(200);
    expect((await get('/mine', forge(issuerKey(), issuer.now))).status).toBe(401);
  });

  it('says that it cannot tell when it never had a key, and recovers', async () => {
    issuer.down = true;
    expect(await get('/mine', forge(key, NOW))).toMatchObject({ status: 503, body: { code: 'AUTH_UNAVAILABLE' } });
    issuer.down = false;
    issuer.now += 300;
    expect((await get('/mine', forge(key, NOW))).status).toBe(200);
  });
});

describe('requireService', () => {
  it('lets in the service token only', async () => {
    expect((await get('/internal/x', 'a')).status).toBe(401);
    expect((await get('/internal/x')).status).toBe(401);
    expect((await get('/internal/x', forge(key, NOW))).status).toBe(401);
    expect((await get('/internal/x', SERVICE_TOKEN)).status).toBe(200);
  });
});
