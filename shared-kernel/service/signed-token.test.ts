import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import jsonwebtoken from 'jsonwebtoken';
import { z } from 'zod';
import { signToken, type TokenKind, verifySignedToken } from './signed-token.js';

const kind: TokenKind = { algorithm: 'ES256', type: 'test+jwt', issuer: 'us', audience: 'them' };
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const NOW = 1_800_000_000_000;
const seconds = NOW / 1000;
const claims = { iss: 'us', aud: 'them', sub: 'kim', exp: seconds + 60 };
const Claims = z.object({ sub: z.string() });

const verified = (token: string, key: KeyObject | undefined = publicKey, now = NOW) =>
  verifySignedToken(token, { kind, claims: Claims, keyOf: async (kid) => (kid === 'k' ? key : undefined), now });
const signed = (more: object = {}, o: Partial<{ kind: TokenKind; kid: string; privateKey: KeyObject }> = {}) =>
  signToken({ ...claims, ...more }, { kind, kid: 'k', privateKey, ...o });
const encoded = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A token whose parts are written by hand, truly signed. */
const handmade = (header: unknown, payload: unknown, dsaEncoding: 'ieee-p1363' | 'der' = 'ieee-p1363') => {
  const text = `${encoded(header)}.${encoded(payload)}`;
  return `${text}.${sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding }).toString('base64url')}`;
};
const header = { alg: 'ES256', typ: 'test+jwt', kid: 'k' };

describe('a signed token', () => {
  it('gives the claims of its schema, and no others', async () => {
    expect(await verified(signed())).toEqual({ sub: 'kim' });
    expect(await verified(handmade(header, claims))).toEqual({ sub: 'kim' });
    expect(await verified(signed({ sub: 5 }))).toBeUndefined();
  });

  it('is excused of nothing by a header that was seen before', async () => {
    expect(await verified(signed())).toEqual({ sub: 'kim' });
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(await verified(signed({}, { privateKey: other.privateKey }))).toBeUndefined();
    const withdrawn = verifySignedToken(signed(), { kind, claims: Claims, keyOf: async () => undefined, now: NOW });
    expect(await withdrawn).toBeUndefined();
    const asAnother = { kind: { ...kind, type: 'other+jwt' }, claims: Claims, keyOf: async () => publicKey, now: NOW };
    expect(await verifySignedToken(signed(), asAnother)).toBeUndefined();
    expect(await verified(signed())).toEqual({ sub: 'kim' });
  });

  it('ends at its time and does not begin before it', async () => {
    const token = signed({ nbf: seconds - 10 });
    expect(await verified(token, publicKey, NOW + 59_999)).toEqual({ sub: 'kim' });
    expect(await verified(token, publicKey, NOW + 60_000)).toBeUndefined();
    expect(await verified(token, publicKey, NOW - 10_001)).toBeUndefined();
    const { exp: _, ...endless } = claims;
    expect(await verified(handmade(header, endless))).toBeUndefined();
    expect(await verified(handmade(header, { ...claims, exp: '9999999999' }))).toBeUndefined();
  });

  it('is of one kind, for one audience, from one issuer', async () => {
    expect(await verified(signed({ iss: 'others' }))).toBeUndefined();
    expect(await verified(signed({ aud: 'others' }))).toBeUndefined();
    expect(await verified(signed({ aud: ['them', 'others'] }))).toBeUndefined();
    expect(await verified(signed({}, { kind: { ...kind, type: 'JWT' } }))).toBeUndefined();
    expect(await verified(signed({}, { kid: 'unknown' }))).toBeUndefined();
  });

  it('is signed by the key its header names, with ES256 whatever it says', async () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(await verified(signed({}, { privateKey: other.privateKey }))).toBeUndefined();
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    expect(await verified(signed(), rsa.publicKey)).toBeUndefined();
    const wider = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    expect(await verified(signed(), wider.publicKey)).toBeUndefined();
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const secret = Buffer.from(pem);
    const confused = jsonwebtoken.sign(claims, secret, { algorithm: 'HS256', header: { ...header, alg: 'HS256' } });
    expect(await verified(confused)).toBeUndefined();
    expect(
      await verified(jsonwebtoken.sign(claims, '', { algorithm: 'none', header: { ...header, alg: 'none' } })),
    ).toBeUndefined();
    expect(await verified(handmade({ ...header, alg: 'none' }, claims))).toBeUndefined();
  });

  it('has one spelling: no other signature, payload or encoding of the same passes', async () => {
    const token = signed();
    const [head = '', payload = '', signature = ''] = token.split('.');
    const bytes = Buffer.from(signature, 'base64url');
    bytes.writeUInt8(bytes.readUInt8(9) ^ 1, 9);
    for (const changed of [
      `${head}.${payload}.${bytes.toString('base64url')}`,
      `${head}.${encoded({ ...claims, sub: 'lee' })}.${signature}`,
      `${head}.${payload}.${signature}=`,
      `${head}.${payload}.${signature.slice(0, -2)}`,
      `${head}.${payload}.${Buffer.alloc(64).toString('base64url')}`,
      `${head}.${payload}.`,
      `${head}.${payload}`,
      `${token}.${signature}`,
      `${token}${' '.repeat(5000)}`,
      '',
      '..',
      handmade(header, claims, 'der'),
      handmade('{"alg":"ES256","typ":"test+jwt","kid":"k","kid":"k"}', claims),
      handmade(header, `{"sub":"lee",${JSON.stringify(claims).slice(1)}`),
      handmade(header, 'no JSON'),
      handmade({ ...header, crit: ['x'] }, claims),
    ]) {
      expect(await verified(changed)).toBeUndefined();
    }
  });

  it('passes on that its keys cannot be had', async () => {
    const keyOf = () => Promise.reject(new Error('no keys'));
    await expect(verifySignedToken(signed(), { kind, claims: Claims, keyOf, now: NOW })).rejects.toThrow('no keys');
  });
});
