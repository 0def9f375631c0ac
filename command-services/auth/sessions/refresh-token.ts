import { createHash, createHmac, randomBytes } from 'node:crypto';

/** 256 random bits; nothing can be read from it. */
export const newRefreshToken = (): string => `rt_${randomBytes(32).toString('base64url')}`;

/** What is stored of a token. */
export const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/**
 * The token that follows a token. Derived, so that a repeated refresh can be answered with the same successor although only hashes are
 * stored; without the key nobody can tell it from random bits.
 */
export const successorOf = (key: Buffer, token: string): string =>
  `rt_${createHmac('sha256', key).update(token).digest('base64url')}`;
