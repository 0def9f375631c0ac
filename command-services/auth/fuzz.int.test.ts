import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import fc from 'fast-check';
import { type AuthUnderTest, bearer, PASSWORD, somebody, startAuth } from './testing/auth-under-test.js';

const RUNS = process.env.TIKETI_DEEP === '1' ? 5000 : 150;

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

const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 120 }), fc.string({ unit: 'grapheme', maxLength: 120 }));
const oddHeader = fc.stringMatching(/^[\x20-\x7e]{0,80}$/);

describe('whatever is sent', () => {
  it('comes back as written or is refused', async () => {
    const { accessToken } = await somebody(auth.ask);
    const property = fc.asyncProperty(anyText, async (name) => {
      const { status, body } = await auth.ask('PATCH', '/api/auth/me', { name }, bearer(accessToken));
      expect([200, 400]).toContain(status);
      if (status === 200) expect(body.name).toBe(name.trim());
    });
    await fc.assert(property, { numRuns: RUNS });
  }, 300_000);

  it('never breaks a route', async () => {
    const { accessToken } = await somebody(auth.ask);
    const field = fc.oneof(anyText, fc.constantFrom('a@example.com', PASSWORD, accessToken), fc.jsonValue({ maxDepth: 2 }));
    const body = fc.oneof(
      fc.record({ email: field, password: field, name: field, phone: field, refreshToken: field }, { requiredKeys: [] }),
      fc.jsonValue(),
      anyText,
    );
    const route = fc.constantFrom(
      'POST /api/auth/register',
      'POST /api/auth/login',
      'POST /api/auth/refresh-token',
      'POST /api/auth/logout',
      'POST /api/auth/verify-token',
      'PATCH /api/auth/me',
      'GET /api/auth/me',
    );
    const token = fc.oneof(fc.constant(`Bearer ${accessToken}`), oddHeader);
    const property = fc.asyncProperty(route, body, token, async (line, content, authorization) => {
      const [method = '', path = ''] = line.split(' ');
      const {
        status,
        headers,
        body: answer,
      } = await auth.ask(method, path, method === 'GET' ? undefined : content, { authorization });
      expect(status).toBeLessThan(500);
      if (status >= 400)
        expect(answer).toMatchObject({ status, code: expect.any(String), correlationId: headers.get('x-correlation-id') });
    });
    await fc.assert(property, { numRuns: RUNS * 2 });
  }, 300_000);
});
