import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import { until } from '@tiketi/local/parts/until.js';
import { SignedIn } from '@tiketi/shared-kernel/contracts/http/auth.js';
import { type AuthUnderTest, bearer, PASSWORD, somebody, startAuth } from '../testing/auth-under-test.js';

let postgres: TestDatabase;
let auth: AuthUnderTest;
beforeAll(async () => {
  postgres = await testDatabase();
  auth = await startAuth(postgres.url);
}, 60_000);
afterAll(async () => {
  await auth.close();
  await postgres.close();
});

const register = (change: Record<string, unknown>) =>
  auth.ask('POST', '/api/auth/register', { email: 'new@example.com', password: PASSWORD, name: 'New', ...change });

describe('POST /api/auth/register', () => {
  it('opens an account, signs in and tells the event store nothing personal', async () => {
    const email = 'Canary.Person@Example.com';
    const answer = await auth.ask('POST', '/api/auth/register', {
      email,
      password: PASSWORD,
      name: 'Canary Name',
      phone: '010-9999-8888',
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { user, expiresIn } = SignedIn.parse(answer.body);
    expect(expiresIn).toBe(900);
    expect(user).toMatchObject({
      email: 'canary.person@example.com',
      name: 'Canary Name',
      phone: '010-9999-8888',
      roles: ['user'],
      provider: 'LOCAL',
    });
    expect(Object.keys(user).sort()).toEqual(['createdAt', 'email', 'id', 'name', 'phone', 'provider', 'roles']);

    const stream = `user-${user.id}`;
    await until(() => auth.store.log.stream(stream).length === 1, { deadline: 5000, every: 5, what: 'UserRegistered' });
    const [event] = auth.store.log.stream(stream);
    expect(event).toMatchObject({
      type: 'UserRegistered',
      data: { userId: user.id, provider: 'LOCAL', roles: ['user'] },
      metadata: {
        $correlationId: answer.headers.get('x-correlation-id'),
        actor: { id: user.id, role: 'user' },
        schemaVersion: 1,
      },
    });
    expect(JSON.stringify([event?.data, event?.metadata])).not.toMatch(/canary|9999/i);
  });

  it('refuses a taken address, whatever its case', async () => {
    const { email } = await somebody(auth.ask);
    expect(await register({ email: email.toUpperCase() })).toMatchObject({ status: 409, body: { code: 'EMAIL_TAKEN' } });
  });

  it('gives one account to one of many who want the same address at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => register({ email: 'race@example.com' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409, 409, 409]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['a role', { role: 'admin' }],
    ['roles', { roles: ['admin'] }],
    ['an id', { userId: '11111111-1111-4111-8111-111111111111' }],
    ['points', { points: 1_000_000 }],
    ['a status', { status: 'verified' }],
    ['a short password', { password: 'short' }],
    ['a password of more than 72 bytes', { password: '비밀번호'.repeat(7) }],
    ['a password with a NUL', { password: `${PASSWORD}\0tail` }],
    ['a name with a NUL', { name: 'a\0b' }],
    ['a name of spaces', { name: '   ' }],
    ['half a character as name', { name: 'x\ud800' }],
    ['a long name', { name: 'x'.repeat(101) }],
    ['no address', { email: 'nobody' }],
    ['an address that is an object', { email: { $ne: null } }],
    ['a password that is a list', { password: [PASSWORD] }],
  ])('refuses %s', async (_name, change) => {
    const answer = await register(change);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      code: 'VALIDATION_FAILED',
      errors: expect.arrayContaining([expect.objectContaining({ path: expect.any(String) })]),
    });
  });

  it('refuses a prototype key', async () => {
    const text = `{"email":"p@example.com","password":"${PASSWORD}","name":"x","__proto__":{"roles":["admin"]}}`;
    expect((await auth.ask('POST', '/api/auth/register', text)).status).toBe(400);
  });

  it('stores odd names as they were written', async () => {
    for (const [i, name] of [`'; drop table users; --`, '김\u200b철수', '👩‍🎤', '<script>', '%s%n', '\\u0000'].entries()) {
      const { body, status } = await register({ email: `odd${i}@example.com`, name });
      expect([status, SignedIn.parse(body).user.name]).toEqual([201, name]);
    }
  });
});

describe('/api/auth/me', () => {
  it('answers with one’s own account, only to its owner', async () => {
    const one = await somebody(auth.ask);
    expect(await auth.ask('GET', '/api/auth/me', undefined, bearer(one.accessToken))).toMatchObject({
      status: 200,
      body: { id: one.id, email: one.email },
    });
    expect((await auth.ask('GET', '/api/auth/me')).status).toBe(401);
    expect((await auth.ask('GET', '/api/auth/me', undefined, bearer(one.refreshToken))).status).toBe(401);
  });

  it('changes name and phone, nothing else', async () => {
    const one = await somebody(auth.ask);
    const patch = (body: unknown) => auth.ask('PATCH', '/api/auth/me', body, bearer(one.accessToken));
    expect((await patch({ name: '새 이름', phone: '02-123-4567' })).body).toMatchObject({
      name: '새 이름',
      phone: '02-123-4567',
    });
    expect((await patch({ phone: null })).body).toMatchObject({ name: '새 이름', phone: null });
    for (const body of [
      {},
      { roles: ['admin'] },
      { name: 'x', email: 'y@example.com' },
      { id: one.id },
      { name: null },
      { provider: 'GOOGLE' },
    ]) {
      expect((await patch(body)).status).toBe(400);
    }
    expect((await auth.ask('GET', '/api/auth/me', undefined, bearer(one.accessToken))).body).toMatchObject({
      name: '새 이름',
      roles: ['user'],
    });
  });
});

describe('the log', () => {
  it('holds no canary after every route and error path', async () => {
    const canary = { email: 'log.canary@example.com', password: 'canary-password-1', name: 'x' };
    const { body } = await auth.ask('POST', '/api/auth/register', canary);
    const { accessToken, refreshToken } = SignedIn.parse(body);
    const cookie = { cookie: 'sid=cookie-canary', ...bearer(accessToken) };
    await auth.ask('POST', '/api/auth/register', canary, cookie);
    await auth.ask('POST', '/api/auth/login', canary, cookie);
    await auth.ask('POST', '/api/auth/login', { email: canary.email, password: 'wrong-canary-password' });
    await auth.ask('POST', '/api/auth/login', `{"email":"${canary.email}","password":"${canary.password}"`);
    await auth.ask('GET', `/api/auth/me?token=${accessToken}&email=${canary.email}`, undefined, cookie);
    await auth.ask('POST', '/api/auth/verify-token', {}, cookie);
    await auth.ask('GET', `/nowhere/${accessToken}/${canary.email}`);
    for (let i = 0; i < 2; i += 1) await auth.ask('POST', '/api/auth/refresh-token', { refreshToken });
    auth.time.now += 11_000;
    await auth.ask('POST', '/api/auth/refresh-token', { refreshToken });
    const written = auth.log.text();
    expect(written).toContain('refresh_reuse');
    for (const secret of ['canary', accessToken, refreshToken]) expect(written).not.toContain(secret);
  });
});

describe('operations', () => {
  it('is ready, counts its answers and publishes only public halves of its keys', async () => {
    expect(await auth.ask('GET', '/ready')).toMatchObject({ status: 200, body: { dependencies: { database: 'up' } } });
    const { body } = await auth.ask('GET', '/.well-known/jwks.json');
    expect(body).toEqual({
      keys: [expect.objectContaining({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig', kid: auth.keys.current.kid })],
    });
    expect(JSON.stringify(body)).not.toContain('"d"');
  });
});
