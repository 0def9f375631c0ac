import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { ConfigError } from '@tiketi/shared-kernel/service/config.js';
import { deriveKey, seal, unseal } from '@tiketi/shared-kernel/service/seal.js';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { AuthDatabase } from '../tables.js';

/** A P-256 public key as the key set publishes it (RFC 7517). */
export type PublishedKey = {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly alg: 'ES256';
  readonly use: 'sig';
};

/** `current` signs; every published key is still believed. */
export type SigningKeys = {
  readonly current: { readonly kid: string; readonly privateKey: KeyObject };
  readonly published: readonly PublishedKey[];
};

/** The key as published; its kid is its thumbprint (RFC 7638), so the same key has the same kid everywhere. */
export const publishedKeyOf = (key: KeyObject): PublishedKey => {
  const { kty, crv, x, y } = createPublicKey(key).export({ format: 'jwk' });
  if (kty !== 'EC' || crv !== 'P-256' || x === undefined || y === undefined) {
    throw new ConfigError(['AUTH_SIGNING_KEY must be a P-256 key (ES256 signs with no other)']);
  }
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  return { kty, crv, x, y, kid, alg: 'ES256', use: 'sig' };
};

type Stored = { readonly published: PublishedKey; readonly privateKey: KeyObject };

const makeKey = async (tx: Transaction<AuthDatabase>, sealing: Buffer, now: number): Promise<Stored> => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const published = publishedKeyOf(privateKey);
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  await tx
    .insertInto('signing_keys')
    .values({
      kid: published.kid,
      public_jwk: JSON.stringify(published),
      sealed_private_key: seal(sealing, pem, published.kid),
      created_at: new Date(now),
      retired_at: null,
    })
    .execute();
  return { published, privateKey };
};

const openKey = (sealing: Buffer, row: { kid: string; sealed_private_key: Buffer }): Stored => {
  try {
    const privateKey = createPrivateKey(unseal(sealing, row.sealed_private_key, row.kid));
    return { published: publishedKeyOf(privateKey), privateKey };
  } catch {
    throw new ConfigError(['AUTH_KEY_SECRET does not open the stored signing key: it is not the secret it was sealed with']);
  }
};

/** The keys of the database, newest first; the first one is made when there is none. Replicas starting together agree on one. */
const storedKeys = (db: Kysely<AuthDatabase>, sealing: Buffer, now: number): Promise<Stored[]> =>
  db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtext('tiketi auth signing keys'))`.execute(tx);
    const rows = await tx
      .selectFrom('signing_keys')
      .select(['kid', 'sealed_private_key'])
      .where('retired_at', 'is', null)
      .orderBy('created_at', 'desc')
      .execute();
    if (rows.length > 0) return rows.map((row) => openKey(sealing, row));
    return [await makeKey(tx, sealing, now)];
  });

const givenKey = (pem: string): Stored => {
  try {
    const privateKey = createPrivateKey(pem);
    return { published: publishedKeyOf(privateKey), privateKey };
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(['AUTH_SIGNING_KEY is not a readable private key']);
  }
};

/** Loads what to sign with: the given PEM, else the newest key of the database. Keys of both stay published. Throws ConfigError. */
export const loadSigningKeys = async (o: {
  readonly db: Kysely<AuthDatabase>;
  readonly secret: string;
  readonly pem?: string | undefined;
  readonly now: number;
}): Promise<SigningKeys> => {
  const given = o.pem === undefined ? [] : [givenKey(o.pem)];
  const stored = await storedKeys(o.db, deriveKey(o.secret, 'tiketi-auth', 'signing keys'), o.now);
  const all = [...given, ...stored];
  const [first] = all;
  if (first === undefined) throw new Error('no signing key');
  return { current: { kid: first.published.kid, privateKey: first.privateKey }, published: all.map((key) => key.published) };
};
