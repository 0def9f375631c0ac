import { isIPv6 } from 'node:net';
import type { Request, RequestHandler } from 'express';
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { principalIfAny } from './authenticate.js';
import { createPatience, type Patience, type Timing } from './patience.js';
import { ProblemError } from './problem.js';
import type { RateClass, RateProfile } from './rate-limit-profile.js';

export type RateLimits = {
  /** Counts by account where one was authenticated before, else by address; people with the admin role are not counted. */
  readonly limit: (rateClass: RateClass, keyOf?: (req: Request) => string) => RequestHandler;
};

/** IPv6 users own whole /64 networks, so one network counts as one address. */
export const addressKey = (ip: string): string => {
  const plain = ip.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!isIPv6(plain)) return plain.slice(0, 64);
  const [head = '', tail] = plain.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  const groups = [...left, ...zeros, ...right].slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${groups.join(':')}::/64`;
};

const personOrAddress = (req: Request): string => {
  const principal = principalIfAny(req);
  return principal === undefined ? `ip:${addressKey(req.ip ?? '')}` : `user:${principal.userId}`;
};

const tooMany = (rejection: RateLimiterRes): ProblemError =>
  new ProblemError(429, 'RATE_LIMITED', {
    headers: { 'retry-after': String(Math.max(1, Math.ceil(rejection.msBeforeNext / 1000))) },
  });

type Counting = {
  readonly prefix: string;
  readonly points: number;
  readonly redis: object | undefined;
  readonly patiently: Patience;
};

/** Undefined: allowed. */
type Count = (key: string) => Promise<RateLimiterRes | undefined>;

const countIn =
  (limiter: RateLimiterAbstract): Count =>
  (key) =>
    limiter.consume(key).then(
      () => undefined,
      (rejection: unknown) => {
        if (rejection instanceof RateLimiterRes) return rejection;
        throw rejection;
      },
    );

const createCount = ({ prefix, points, redis, patiently }: Counting): Count => {
  const alone = countIn(new RateLimiterMemory({ keyPrefix: prefix, points, duration: 60 }));
  if (redis === undefined) return alone;
  const limits = { storeClient: redis, keyPrefix: `rl:${prefix}`, points, duration: 60, rejectIfRedisNotReady: true };
  const together = countIn(new RateLimiterRedis(limits));
  return async (key) => {
    const counted = await patiently(() => together(key)).catch(() => 'late' as const);
    return counted === 'late' ? alone(key) : counted;
  };
};

/**
 * Limits by class, counted in Redis when a client (ioredis) is given, else in this process; while Redis is down or slow each process counts alone.
 * Refuses with 429 RATE_LIMITED and Retry-After (seconds).
 */
export const createRateLimits = (
  o: Timing & {
    readonly profile: RateProfile;
    readonly redis?: object | undefined;
    readonly scope: string;
  },
): RateLimits => {
  const { perMinute } = o.profile;
  if (perMinute === 'off') return { limit: () => (_req, _res, next) => next() };

  const patiently = createPatience(o);
  const countOf = (rateClass: RateClass) =>
    createCount({ prefix: `${o.scope}:${rateClass}`, points: perMinute[rateClass], redis: o.redis, patiently });
  const counts = {
    signIn: countOf('signIn'),
    command: countOf('command'),
    read: countOf('read'),
    webhook: countOf('webhook'),
  };

  return {
    limit: (rateClass, keyOf = personOrAddress) => {
      const count = counts[rateClass];
      return async (req, _res, next) => {
        if (principalIfAny(req)?.roles.includes('admin') === true) return next();
        const rejection = await count(keyOf(req));
        if (rejection !== undefined) throw tooMany(rejection);
        next();
      };
    },
  };
};
