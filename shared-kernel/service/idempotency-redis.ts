import type { Redis } from 'ioredis';
import { CLAIM_LEASE_MS } from './held-claims.js';
import type { IdempotencyRecords } from './idempotency-records.js';

const DAY_MS = 86_400_000;

const RENEW = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`;
const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

/**
 * Records in Redis 7 or newer: one command to claim, one to keep. A claim nobody renews, because its process died, is gone after
 * `leaseMs`; answers are gone after `keepMs` (a day).
 */
export const redisIdempotencyRecords = (
  redis: Redis,
  { leaseMs = CLAIM_LEASE_MS, keepMs = DAY_MS }: { readonly leaseMs?: number; readonly keepMs?: number } = {},
): IdempotencyRecords => ({
  claim: (name, claim) => redis.set(keyOf(name), claim, 'PX', leaseMs, 'NX', 'GET'),
  renew: async (name, claim) => {
    await redis.eval(RENEW, 1, keyOf(name), claim, leaseMs);
  },
  keep: async (name, answer) => {
    await redis.set(keyOf(name), answer, 'PX', keepMs);
  },
  release: async (name, claim) => {
    await redis.eval(RELEASE, 1, keyOf(name), claim);
  },
});

const keyOf = (name: string): string => `idem:${name}`;
