import { createSign, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { UserId } from '../../contracts/ids.js';
import { ACCESS_TOKEN } from '../access-token.js';

export type IssuerKey = { readonly kid: string; readonly privateKey: KeyObject; readonly jwk: Record<string, unknown> };

/** A P-256 key and how it would be published. */
export const issuerKey = (kid: string = randomUUID()): IssuerKey => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { kid, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' } };
};

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A token put together by hand, right in everything the caller does not change. Strings stand for themselves, so they may be odd JSON. */
export const forge = (
  key: IssuerKey,
  now: number,
  change: {
    readonly header?: Record<string, unknown> | string;
    readonly claims?: Record<string, unknown> | string;
    readonly sign?: (input: string) => string;
  } = {},
): string => {
  const seconds = Math.floor(now / 1000);
  const header = { alg: ACCESS_TOKEN.algorithm, typ: ACCESS_TOKEN.type, kid: key.kid };
  const claims = {
    iss: ACCESS_TOKEN.issuer,
    aud: ACCESS_TOKEN.audience,
    sub: UserId.parse(randomUUID()),
    roles: ['user'],
    sid: randomUUID(),
    iat: seconds,
    exp: seconds + 900,
  };
  const parts = [
    typeof change.header === 'string' ? change.header : { ...header, ...change.header },
    typeof change.claims === 'string' ? change.claims : { ...claims, ...change.claims },
  ];
  const input = parts.map(encode).join('.');
  const es256 = (text: string): string =>
    createSign('sha256').update(text).sign({ key: key.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url');
  return `${input}.${(change.sign ?? es256)(input)}`;
};
