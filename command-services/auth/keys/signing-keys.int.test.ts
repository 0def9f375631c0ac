import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import { UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { signAccessToken, verifyAccessToken } from '@tiketi/shared-kernel/service/access-token.js';
import { type Kysely, sql } from 'kysely';
import type { AuthDatabase } from '../tables.js';
import { openTestDatabase, SECRET } from '../testing/auth-under-test.js';
import { keySetOf } from './key-set-of.js';
import { loadSigningKeys, type SigningKeys } from './signing-keys.js';

let postgres: TestDatabase;
let db: Kysely<AuthDatabase>;
beforeAll(async () => {
  postgres = await testDatabase();
  db = await openTestDatabase(postgres.url);
}, 60_000);
beforeEach(() => db.deleteFrom('signing_keys').execute());
afterAll(async () => {
  await db.destroy();
  await postgres.close();
});

const load = (more: { secret?: string; pem?: string } = {}) => loadSigningKeys({ db, secret: SECRET, now: Date.now(), ...more });
const pemOf = (namedCurve: string) =>
  generateKeyPairSync('ec', { namedCurve }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const signWith = (keys: SigningKeys) =>
  signAccessToken({
    ...keys.current,
    userId: UserId.parse('11111111-1111-4111-8111-111111111111'),
    roles: ['user'],
    sessionId: 's',
    now: Date.now(),
    lifetimeSeconds: 60,
  });
const isGood = async (token: string, keys: SigningKeys) =>
  (await verifyAccessToken(token, { ...keySetOf(keys), issuer: 'tiketi', audience: 'tiketi-api', now: Date.now() })) !==
  undefined;

describe('loadSigningKeys', () => {
  it('makes one key however many replicas start, and finds it again', async () => {
    const replicas = await Promise.all([load(), load(), load(), load()]);
    const again = await load();
    expect(new Set([...replicas, again].map((keys) => keys.current.kid)).size).toBe(1);
    expect(await isGood(signWith(again), replicas[0] ?? again)).toBe(true);
  });

  it('keeps no readable private key in the database', async () => {
    const { current } = await load();
    const { rows } = await sql<{ row: string }>`select row_to_json(k)::text as row from signing_keys k`.execute(db);
    const { d } = current.privateKey.export({ format: 'jwk' });
    const stored = Buffer.from(rows[0]?.row.match(/\\\\x([0-9a-f]+)/)?.[1] ?? '', 'hex').toString('latin1');
    expect(stored.length).toBeGreaterThan(100);
    expect(stored).not.toContain('PRIVATE KEY');
    expect(rows[0]?.row).not.toContain(d);
  });

  it('refuses to start with another secret', async () => {
    await load();
    await expect(load({ secret: 'another secret, as long as it has to be' })).rejects.toThrow('AUTH_KEY_SECRET does not open');
  });

  it('signs with a given key and still publishes the stored one', async () => {
    const stored = await load();
    const pem = pemOf('P-256');
    const given = await load({ pem });
    expect((await load({ pem })).current.kid).toBe(given.current.kid);
    expect(given.published.map(({ kid }) => kid)).toEqual([given.current.kid, stored.current.kid]);
    expect(await isGood(signWith(stored), given)).toBe(true);
    expect(await isGood(signWith(given), stored)).toBe(false);
  });

  it('publishes no retired key', async () => {
    const old = await load();
    await db.updateTable('signing_keys').set({ retired_at: new Date() }).execute();
    const fresh = await load();
    expect(fresh.published.map(({ kid }) => kid)).not.toContain(old.current.kid);
    expect(await isGood(signWith(old), fresh)).toBe(false);
  });

  it('names what is wrong with a given key', async () => {
    await expect(load({ pem: pemOf('P-384') })).rejects.toThrow('AUTH_SIGNING_KEY must be a P-256 key');
    await expect(load({ pem: '-----BEGIN nothing' })).rejects.toThrow('AUTH_SIGNING_KEY is not a readable private key');
  });
});
