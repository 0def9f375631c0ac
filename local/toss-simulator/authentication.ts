import { timingSafeEqual } from 'node:crypto';
import type { TossCode } from './errors.js';

export type ApiKeys = { secretKey: string; clientKey: string };

/**
 * Judges an Authorization header: `Basic base64(secretKey + ":")`. Undefined means let in. Without the colon the provider answers
 * INCORRECT_BASIC_AUTH_FORMAT; a client key where the secret key belongs is INVALID_API_KEY.
 */
export function authenticationRefusal(header: string | undefined, keys: ApiKeys): TossCode | undefined {
  const [scheme, encoded = ''] = (header ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'basic') return 'UNAUTHORIZED_KEY';
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  if (!text.includes(':')) return 'INCORRECT_BASIC_AUTH_FORMAT';
  const [key = '', password] = text.split(':');
  if (key === keys.clientKey) return 'INVALID_API_KEY';
  return equal(key, keys.secretKey) && password === '' ? undefined : 'UNAUTHORIZED_KEY';
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
