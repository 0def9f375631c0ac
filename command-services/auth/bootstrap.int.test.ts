import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import { readConfig } from '@tiketi/shared-kernel/service/config.js';
import type { Kysely } from 'kysely';
import { createPasswords } from './accounts/passwords.js';
import { bootstrapStaff } from './bootstrap.js';
import { AuthConfig, staffOf } from './config.js';
import type { AuthDatabase } from './tables.js';
import { openTestDatabase, SECRET } from './testing/auth-under-test.js';

const base = { DATABASE_URL: 'postgres://x', EVENTSTORE_URL: 'esdb://x', AUTH_KEY_SECRET: SECRET };
const passwords = createPasswords({ cost: 4 });
let postgres: TestDatabase;
let db: Kysely<AuthDatabase>;
beforeAll(async () => {
  postgres = await testDatabase();
  db = await openTestDatabase(postgres.url);
}, 60_000);
afterAll(async () => {
  await db.destroy();
  await postgres.close();
});

const staff = (more: Record<string, string>) => staffOf(readConfig(AuthConfig, { ...base, ...more }));
const admin = { BOOTSTRAP_ADMIN_EMAIL: 'Admin@example.com', BOOTSTRAP_ADMIN_PASSWORD: 'first-password-1' };
const others = JSON.stringify([{ email: 'ann@example.com', password: 'ann-password-1', roles: ['analyst', 'auditor'] }]);

describe('bootstrapStaff', () => {
  it('makes the first administrator and staff, with their facts in order', async () => {
    const wanted = staff({ ...admin, BOOTSTRAP_STAFF: others });
    expect(await bootstrapStaff(db, passwords, wanted, Date.now)).toBe(2);
    const users = await db.selectFrom('users').select(['email', 'roles', 'version']).orderBy('email').execute();
    expect(users).toEqual([
      { email: 'admin@example.com', roles: ['user', 'admin'], version: 2 },
      { email: 'ann@example.com', roles: ['user', 'analyst', 'auditor'], version: 3 },
    ]);
    const facts = await db.selectFrom('outbox').select(['type', 'version']).orderBy('sequence').execute();
    expect(facts.map(({ type, version }) => `${version} ${type}`)).toEqual([
      '0 UserRegistered',
      '1 RoleGranted',
      '0 UserRegistered',
      '1 RoleGranted',
      '2 RoleGranted',
    ]);
  });

  it('changes nothing the second time, not even a changed password', async () => {
    const again = staff({ ...admin, BOOTSTRAP_ADMIN_PASSWORD: 'second-password-2', BOOTSTRAP_STAFF: others });
    expect(await bootstrapStaff(db, passwords, again, Date.now)).toBe(0);
    const { password_hash } = await db
      .selectFrom('users')
      .select('password_hash')
      .where('email', '=', 'admin@example.com')
      .executeTakeFirstOrThrow();
    expect(await passwords.matches('first-password-1', password_hash)).toBe(true);
    expect(await db.selectFrom('outbox').select('event_id').execute()).toHaveLength(5);
  });

  it('makes nobody when nothing is configured, and no default password exists', () => {
    expect(staff({})).toEqual([]);
    expect(() => staff({ ...admin, BOOTSTRAP_ADMIN_PASSWORD: 'short' })).toThrow('BOOTSTRAP_ADMIN_PASSWORD');
    expect(() => staff({ BOOTSTRAP_STAFF: 'not json' })).toThrow('BOOTSTRAP_STAFF: must be JSON');
    expect(() => staff({ ...admin, BOOTSTRAP_ADMIN_EMAIL: '' })).toThrow('BOOTSTRAP_ADMIN_EMAIL');
  });
});
