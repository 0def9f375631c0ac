import { describe, expect, it } from '@jest/globals';
import type { Request } from 'express';
import { fingerprint, idempotencyKeyOf } from './idempotency.js';

// only the header is read
const withKey = (key?: string): Request =>
  ({ headers: key === undefined ? {} : { 'idempotency-key': key } }) as unknown as Request;

describe('idempotencyKeyOf', () => {
  it('reads the key with and without quotes', () => {
    expect(idempotencyKeyOf(withKey('"8e03978e-40d5"'))).toBe('8e03978e-40d5');
    expect(idempotencyKeyOf(withKey('8e03978e-40d5'))).toBe('8e03978e-40d5');
    expect(idempotencyKeyOf(withKey('x'.repeat(255)))).toHaveLength(255);
  });
  it('refuses none, empty, long and invisible ones', () => {
    expect(() => idempotencyKeyOf(withKey())).toThrow('400 IDEMPOTENCY_KEY_MISSING');
    for (const bad of ['', '""', 'x'.repeat(256), 'a b', '키', 'a\u0000b']) {
      expect(() => idempotencyKeyOf(withKey(bad))).toThrow('400 IDEMPOTENCY_KEY_INVALID');
    }
  });
});

describe('fingerprint', () => {
  it('is the same for any order of keys and differs in everything else', () => {
    const one = fingerprint('post', '/a', { a: 1, b: { c: [1, 2], d: null } });
    expect(fingerprint('POST', '/a', { b: { d: null, c: [1, 2] }, a: 1 })).toBe(one);
    const others = [
      fingerprint('PUT', '/a', { a: 1, b: { c: [1, 2], d: null } }),
      fingerprint('POST', '/b', { a: 1, b: { c: [1, 2], d: null } }),
      fingerprint('POST', '/a', { a: 1, b: { c: [2, 1], d: null } }),
      fingerprint('POST', '/a', { a: '1', b: { c: [1, 2], d: null } }),
      fingerprint('POST', '/a', undefined),
    ];
    expect(new Set([one, ...others]).size).toBe(6);
  });
  it('refuses a body nested so deep that no request of ours is', () => {
    const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);
    expect(fingerprint('POST', '/a', nested(64))).toHaveLength(64);
    for (const depth of [65, 30_000]) expect(() => fingerprint('POST', '/a', nested(depth))).toThrow('400 MALFORMED_JSON');
  });
});
