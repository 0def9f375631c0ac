import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import { SignedIn } from '@tiketi/shared-kernel/contracts/http/auth.js';
import { forge } from '@tiketi/shared-kernel/service/testing/token-forge.js';
import { sql } from 'kysely';
import { type AuthUnderTest, bearer, PASSWORD, type SignedInPerson, somebody, startAuth } from '../testing/auth-under-test.js';
import { forgetOldSessions } from './sessions.js';

let postgres: TestDatabase;
let auth: AuthUnderTest;
let person: SignedInPerson;
beforeAll(async () => {
  postgres = await testDatabase();
  auth = await startAuth(postgres.url);
}, 60_000);
beforeEach(async () => {
  person = await somebody(auth.ask);
});
afterAll(async () => {
  await auth.close();
  await postgres.close();
});

const login = (email: string, password: string) => auth.ask('POST', '/api/auth/login', { email, password });
const refresh = async (refreshToken: string) => {
  const { status, body } = await auth.ask('POST', '/api/auth/refresh-token', { refreshToken });
  return { status, code: body.code, next: String(body.refreshToken) };
};
const me = async (token: string) => (await auth.ask('GET', '/api/auth/me', undefined, bearer(token))).status;

describe('POST /api/auth/login', () => {
  it('signs in, the address in any case', async () => {
    const { status, body } = await login(person.email.toUpperCase(), PASSWORD);
    expect(status).toBe(200);
    const signedIn = SignedIn.parse(body);
    expect(signedIn.user.id).toBe(person.id);
    expect(await me(signedIn.accessToken)).toBe(200);
  });

  it('refuses a wrong password and an unknown address alike, each after one comparison', async () => {
    const tries = [
      [person.email, 'wrong password'],
      ['nobody@example.com', PASSWORD],
      ['nobody@example.com', 'nobody has this password'],
      [person.email, 'x'.repeat(200)],
      [person.email, `${PASSWORD}\0`],
    ] as const;
    const bodies = [];
    for (const [email, password] of tries) {
      const before = auth.compared();
      const { status, body } = await login(email, password);
      expect([status, auth.compared() - before]).toEqual([password.includes('\0') ? 400 : 401, password.includes('\0') ? 0 : 1]);
      if (status === 401) bodies.push({ ...body, correlationId: '' });
    }
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
    expect(bodies[0]).toMatchObject({ code: 'INVALID_CREDENTIALS' });
  });

  it('refuses an account without a password and one whose hash is broken', async () => {
    await auth.db
      .updateTable('users')
      .set({ password_hash: null, provider: 'GOOGLE' })
      .where('email', '=', person.email)
      .execute();
    expect((await login(person.email, 'nobody has this password')).status).toBe(401);
    await auth.db.updateTable('users').set({ password_hash: 'broken' }).where('email', '=', person.email).execute();
    expect((await login(person.email, PASSWORD)).status).toBe(401);
  });
});

describe('POST /api/auth/refresh-token', () => {
  it('rotates: every exchange gives another token and keeps the session', async () => {
    const first = await refresh(person.refreshToken);
    const second = await refresh(first.next);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(new Set([person.refreshToken, first.next, second.next]).size).toBe(3);
  });

  it('answers a repeat within ten seconds with the same token', async () => {
    const first = await refresh(person.refreshToken);
    auth.time.now += 9_000;
    expect(await refresh(person.refreshToken)).toEqual(first);
  });

  it('gives parallel exchanges of one token the same successor', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => refresh(person.refreshToken)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    expect(new Set(answers.map(({ next }) => next)).size).toBe(1);
  });

  it('revokes the whole family when a spent token comes back after the grace', async () => {
    const first = await refresh(person.refreshToken);
    auth.time.now += 10_001;
    expect(await refresh(person.refreshToken)).toMatchObject({ status: 401, code: 'REFRESH_TOKEN_INVALID' });
    expect(await refresh(first.next)).toMatchObject({ status: 401, code: 'REFRESH_TOKEN_INVALID' });
    expect(await me(person.accessToken)).toBe(401);
  });

  it('revokes the family when a spent token comes back after its successor was used, however soon', async () => {
    const first = await refresh(person.refreshToken);
    const second = await refresh(first.next);
    expect((await refresh(person.refreshToken)).status).toBe(401);
    expect((await refresh(second.next)).status).toBe(401);
  });

  it('leaves other sessions of the same person alone', async () => {
    const other = SignedIn.parse((await login(person.email, PASSWORD)).body);
    await refresh(person.refreshToken);
    auth.time.now += 10_001;
    expect((await refresh(person.refreshToken)).status).toBe(401);
    expect((await refresh(other.refreshToken)).status).toBe(200);
  });

  it('ends thirty days after sign-in, however often it rotated', async () => {
    const first = await refresh(person.refreshToken);
    auth.time.now += 29 * 86_400_000;
    const second = await refresh(first.next);
    expect(second.status).toBe(200);
    auth.time.now += 86_400_001;
    expect((await refresh(second.next)).status).toBe(401);
    auth.time.now += 7 * 86_400_000;
    expect(await forgetOldSessions(auth.db, auth.time.now)).toBeGreaterThan(0);
    const { count } = await auth.db
      .selectFrom('refresh_tokens')
      .select((query) => query.fn.countAll<string>().as('count'))
      .executeTakeFirstOrThrow();
    expect(count).toBe('0');
  });

  it('refuses what is no refresh token', async () => {
    for (const token of ['rt_unknown', person.accessToken.slice(0, 400), "' or 1=1 --"])
      expect((await refresh(token)).status).toBe(401);
    for (const body of [
      {},
      { refreshToken: '' },
      { refreshToken: 'x'.repeat(501) },
      { refreshToken: person.refreshToken, sid: 'x' },
    ]) {
      expect((await auth.ask('POST', '/api/auth/refresh-token', body)).status).toBe(400);
    }
  });

  it('stores hashes only', async () => {
    const first = await refresh(person.refreshToken);
    const { rows } = await sql<{ text: string }>`select row_to_json(t)::text as text from refresh_tokens t`.execute(auth.db);
    const stored = rows.map(({ text }) => text).join();
    for (const token of [person.refreshToken, first.next]) {
      expect(stored).not.toContain(token);
      expect(stored).not.toContain(Buffer.from(token).toString('hex'));
    }
  });

  it('carries roles granted since', async () => {
    await auth.db
      .updateTable('users')
      .set({ roles: ['user', 'analyst'] })
      .where('email', '=', person.email)
      .execute();
    const { body } = await auth.ask('POST', '/api/auth/refresh-token', { refreshToken: person.refreshToken });
    expect(SignedIn.parse(body).user.roles).toEqual(['user', 'analyst']);
  });
});

describe('POST /api/auth/logout', () => {
  it('ends the session of the presented refresh token, again and again', async () => {
    for (let i = 0; i < 2; i += 1)
      expect((await auth.ask('POST', '/api/auth/logout', { refreshToken: person.refreshToken })).status).toBe(204);
    expect((await refresh(person.refreshToken)).status).toBe(401);
    expect(await me(person.accessToken)).toBe(401);
  });

  it('kills the whole family, spent and fresh tokens alike', async () => {
    const first = await refresh(person.refreshToken);
    await auth.ask('POST', '/api/auth/logout', { refreshToken: person.refreshToken });
    expect((await refresh(first.next)).status).toBe(401);
  });

  it('ends the session of the access token when none is presented, and says nothing about strange tokens', async () => {
    expect((await auth.ask('POST', '/api/auth/logout', { refreshToken: 'rt_unknown' })).status).toBe(204);
    expect((await auth.ask('POST', '/api/auth/logout')).status).toBe(204);
    expect((await auth.ask('POST', '/api/auth/logout', undefined, bearer(person.accessToken))).status).toBe(204);
    expect((await refresh(person.refreshToken)).status).toBe(401);
  });
});

describe('POST /api/auth/verify-token', () => {
  const verify = (token: string) => auth.ask('POST', '/api/auth/verify-token', undefined, bearer(token));

  it('tells whose token it is, until the session ends', async () => {
    expect(await verify(person.accessToken)).toMatchObject({
      status: 200,
      body: { valid: true, userId: person.id, roles: ['user'] },
    });
    await auth.ask('POST', '/api/auth/logout', { refreshToken: person.refreshToken });
    expect(await verify(person.accessToken)).toMatchObject({ status: 401, body: { code: 'SESSION_ENDED' } });
  });

  it('refuses expired and foreign tokens', async () => {
    const foreign = forge({ ...auth.keys.current, jwk: {} }, auth.time.now, { claims: { sub: person.id, roles: ['admin'] } });
    expect((await verify(foreign)).status).toBe(401);
    auth.time.now += 900_000;
    expect(await verify(person.accessToken)).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
  });
});

describe('rate limits', () => {
  it('count sign-ins by address and, wherever they come from, by account', async () => {
    const limited = await startAuth(postgres.url, { rateLimits: 'signIn=3' });
    const from = (address: string, email: string) =>
      limited.ask('POST', '/api/auth/login', { email, password: 'a guess' }, { 'x-forwarded-for': address });
    const statuses = [];
    for (let i = 0; i < 4; i += 1) statuses.push((await from('203.0.113.1', `guess${i}@example.com`)).status);
    for (let i = 0; i < 4; i += 1) statuses.push((await from(`198.51.100.${i}`, person.email)).status);
    expect(statuses).toEqual([401, 401, 401, 429, 401, 401, 401, 429]);
    await limited.close();
  });
});
