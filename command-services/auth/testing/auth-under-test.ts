import { createModelStore, type ModelStore } from '@tiketi/shared-kernel/event-sourcing/testing/model-store.js';
import { createAuthenticator } from '@tiketi/shared-kernel/service/authenticate.js';
import { createDatabase, runMigrations } from '@tiketi/shared-kernel/service/database.js';
import { createMetrics } from '@tiketi/shared-kernel/service/metrics.js';
import { createRateLimits } from '@tiketi/shared-kernel/service/rate-limit.js';
import { RateLimits } from '@tiketi/shared-kernel/service/rate-limit-profile.js';
import { deriveKey } from '@tiketi/shared-kernel/service/seal.js';
import { type RecordingLogger, recordingLogger } from '@tiketi/shared-kernel/service/testing/recording-logger.js';
import { serve } from '@tiketi/shared-kernel/service/testing/serve.js';
import type { Kysely } from 'kysely';
import { createPasswords, type Passwords } from '../accounts/passwords.js';
import { createApp } from '../app.js';
import { keySetOf } from '../keys/key-set-of.js';
import { loadSigningKeys, type SigningKeys } from '../keys/signing-keys.js';
import { migrations, SCHEMA } from '../migrations.js';
import { startOutboxPublisher } from '../outbox/publisher.js';
import type { AuthDatabase } from '../tables.js';

export const SECRET = 'a secret for tests, longer than thirty-two characters';
export const PASSWORD = 'correct horse battery';

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, unknown>;
};
export type Ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;

export type AuthUnderTest = {
  readonly ask: Ask;
  readonly db: Kysely<AuthDatabase>;
  readonly store: ModelStore;
  readonly keys: SigningKeys;
  readonly log: RecordingLogger;
  /** The service's clock; tests move it. */
  readonly time: { now: number };
  /** How often a password was compared with a hash. */
  readonly compared: () => number;
  readonly close: () => Promise<void>;
};

export const openTestDatabase = async (url: string): Promise<Kysely<AuthDatabase>> => {
  const db = createDatabase<AuthDatabase>({ url, schema: SCHEMA, applicationName: 'auth-test', max: 8 });
  await runMigrations(db, SCHEMA, migrations);
  return db;
};

const askAt =
  (url: string): Ask =>
  async (method, path, body, headers = {}) => {
    const content = typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await fetch(url + path, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(content === undefined ? {} : { body: content }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
    };
  };

/** The whole service but its process: real Postgres at `url`, an event store in memory, cheap hashes, no rate limits unless asked for. */
export const startAuth = async (url: string, o: { readonly rateLimits?: string } = {}): Promise<AuthUnderTest> => {
  const db = await openTestDatabase(url);
  const store = createModelStore();
  const log = recordingLogger('auth');
  const time = { now: Date.now() };
  const clock = () => time.now;
  const keys = await loadSigningKeys({ db, secret: SECRET, now: time.now });
  const publisher = startOutboxPublisher({ db, store, logger: log.logger });
  const real = createPasswords({ cost: 4 });
  let compared = 0;
  const passwords: Passwords = {
    hash: real.hash,
    matches: (password, hash) => {
      compared += 1;
      return real.matches(password, hash);
    },
  };
  const app = createApp({
    db,
    passwords,
    keys,
    refreshKey: deriveKey(SECRET, 'tiketi-auth', 'refresh tokens'),
    authenticator: createAuthenticator({ keys: keySetOf(keys), clock }),
    limits: createRateLimits({ profile: RateLimits.parse(o.rateLimits ?? 'off-for-load'), scope: 'auth' }),
    logger: log.logger,
    clock,
    eventsWaiting: publisher.wake,
    metrics: createMetrics('auth'),
    trustedHops: 1,
  });
  const served = await serve(app);
  return {
    ask: askAt(served.url),
    db,
    store,
    keys,
    log,
    time,
    compared: () => compared,
    close: async () => {
      await served.close();
      await publisher.stop();
      await store.close();
      await db.destroy();
    },
  };
};

export type SignedInPerson = {
  readonly email: string;
  readonly id: string;
  readonly accessToken: string;
  readonly refreshToken: string;
};
let people = 0;

/** Registers somebody new. */
export const somebody = async (ask: Ask): Promise<SignedInPerson> => {
  people += 1;
  const email = `buyer${people}.${process.pid}@example.com`;
  const { status, body } = await ask('POST', '/api/auth/register', { email, password: PASSWORD, name: '홍길동' });
  if (status !== 201) throw new Error(`registering answered ${status}`);
  const { user, accessToken, refreshToken } = body as { user: { id: string }; accessToken: string; refreshToken: string };
  return { email, id: user.id, accessToken, refreshToken };
};

export const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
