import { createHmac, createPublicKey, randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { ENTRY_TOKEN } from '@tiketi/shared-kernel/contracts/entry-token.js';
import { signEntryToken } from '@tiketi/shared-kernel/service/entry-token.js';
import { type KeySet, KeySetUnavailableError } from '@tiketi/shared-kernel/service/key-set.js';
import { forge, issuerKey } from '@tiketi/shared-kernel/service/testing/token-forge.js';
import { anna, ben, showId } from '../testing/facts.js';
import { createCheckEntry } from './check-entry.js';

const START = Date.parse('2026-05-01T10:00:00Z');
const queue = issuerKey();
const auth = issuerKey();
const publicKey = createPublicKey(queue.privateKey);

describe('checking an entry token', () => {
  let now: number;
  let asked: number;
  // even where both publish their keys in one place, a token of the one does not pass for one of the other
  const keys: KeySet = {
    keyOf: async (kid) => {
      asked += 1;
      if (kid === auth.kid) return createPublicKey(auth.privateKey);
      return kid === queue.kid ? publicKey : undefined;
    },
  };
  const check = (token: string | undefined, userId = anna) => createCheckEntry({ keys, clock: () => now })(token, userId);
  const given = {
    kid: queue.kid,
    privateKey: queue.privateKey,
    userId: anna,
    showId,
    admission: 7,
    now: START,
    lifetimeSeconds: 600,
  };
  const claims = { iss: ENTRY_TOKEN.issuer, aud: ENTRY_TOKEN.audience, sub: anna, show: showId, admission: 7 };
  type Change = {
    readonly header?: Record<string, unknown>;
    readonly claims?: Record<string, unknown>;
    readonly sign?: (input: string) => string;
  };
  const forged = (change: Change = {}): string =>
    forge(queue, START, {
      ...change,
      header: { typ: ENTRY_TOKEN.typ, ...change.header },
      claims: { roles: undefined, sid: undefined, ...claims, ...change.claims },
    });

  beforeEach(() => {
    now = START;
    asked = 0;
  });

  it('admits its own buyer to its show', async () => {
    expect(await check(signEntryToken(given))).toEqual({ kind: 'admitted', showId });
    expect(await check(forged())).toEqual({ kind: 'admitted', showId });
  });
  it('says when there is none', async () => expect(await check(undefined)).toEqual({ kind: 'none' }));
  it('is good until it expires, and not a moment longer', async () => {
    const remembering = createCheckEntry({ keys, clock: () => now });
    const token = signEntryToken(given);
    now = START + 599_000;
    expect(await remembering(token, anna)).toEqual({ kind: 'admitted', showId });
    now = START + 600_000;
    expect(await remembering(token, anna)).toEqual({ kind: 'invalid' });
    expect(await check(token)).toEqual({ kind: 'invalid' });
  });
  it('is verified once and remembered, for its own buyer only', async () => {
    const remembering = createCheckEntry({ keys, clock: () => now });
    const token = signEntryToken(given);
    for (let time = 0; time < 3; time += 1) await remembering(token, anna);
    expect(await remembering(token, ben)).toEqual({ kind: 'invalid' });
    expect(asked).toBe(1);
  });

  const hmac = (input: string) =>
    createHmac('sha256', publicKey.export({ type: 'spki', format: 'pem' }))
      .update(input)
      .digest('base64url');
  it.each([
    ['of another account', () => signEntryToken({ ...given, userId: ben })],
    ['signed by nobody', () => forged({ header: { alg: 'none' }, sign: () => '' })],
    ['signed by nobody, loudly', () => forged({ header: { alg: 'NONE' }, sign: () => 'x' })],
    ['with the public key for a secret', () => forged({ header: { alg: 'HS256' }, sign: hmac })],
    ['with the public key for a secret, called ES256', () => forged({ sign: hmac })],
    ['signed by a key of its own', () => signEntryToken({ ...given, privateKey: issuerKey().privateKey })],
    ['of a key nobody publishes', () => signEntryToken({ ...given, kid: randomUUID() })],
    ['that brings its own key', () => forged({ header: { jwk: auth.jwk } })],
    ['that is an access token', () => forge(auth, START, { claims: { sub: anna } })],
    ['that is an access token with the claims of an entry token', () => forge(auth, START, { claims })],
    ['of another issuer', () => forged({ claims: { iss: 'tiketi' } })],
    ['for another audience', () => forged({ claims: { aud: 'tiketi-api' } })],
    ['with no show', () => forged({ claims: { show: undefined } })],
    ['with no expiry', () => forged({ claims: { exp: undefined } })],
    ['valid only later', () => forged({ claims: { nbf: START / 1000 + 60 } })],
    ['with a changed payload', () => swapPayload(signEntryToken({ ...given, userId: ben }), signEntryToken(given))],
    ['that is no token', () => 'a.b.c'],
    ['that is empty', () => ''],
    ['without end', () => `${signEntryToken(given)}${'A'.repeat(5000)}`],
  ])('refuses one %s', async (_, token) => {
    expect(await check(token())).toEqual({ kind: 'invalid' });
  });

  it('believes none where no queue is configured', async () => {
    const alone = createCheckEntry({ keys: undefined, clock: () => now });
    expect(await alone(signEntryToken(given), anna)).toEqual({ kind: 'invalid' });
    expect(await alone(undefined, anna)).toEqual({ kind: 'none' });
  });
  it('says so where the keys cannot be had', async () => {
    const away: KeySet = { keyOf: () => Promise.reject(new KeySetUnavailableError('away')) };
    expect(await createCheckEntry({ keys: away, clock: () => now })(signEntryToken(given), anna)).toEqual({
      kind: 'unavailable',
    });
  });
});

const swapPayload = (signed: string, payload: string): string => {
  const [head, , signature] = signed.split('.');
  return [head, payload.split('.')[1], signature].join('.');
};
