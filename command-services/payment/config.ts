import { serviceEnv } from '@tiketi/shared-kernel/service/config.js';
import { CLAIM_LEASE_MS } from '@tiketi/shared-kernel/service/held-claims.js';
import { RateLimits } from '@tiketi/shared-kernel/service/rate-limit-profile.js';
import { z } from 'zod';

const milliseconds = (byDefault: number) => z.coerce.number().int().min(1).default(byDefault);

export const PaymentConfig = serviceEnv
  .pick({ PORT: true, HOST: true, LOG_LEVEL: true, REDIS_URL: true, TIKETI_PARENT_PID: true, TRUSTED_PROXY_HOPS: true })
  .extend({
    DATABASE_URL: serviceEnv.shape.DATABASE_URL.unwrap(),
    EVENTSTORE_URL: serviceEnv.shape.EVENTSTORE_URL.unwrap(),
    AUTH_JWKS_URL: serviceEnv.shape.AUTH_JWKS_URL.unwrap(),
    SERVICE_TOKEN: serviceEnv.shape.SERVICE_TOKEN.unwrap(),
    RESERVATION_URL: z.url(),
    /** Seals account numbers and digests webhook secrets at rest. */
    PAYMENT_KEY_SECRET: z.string().min(16),
    TOSS_BASE_URL: z.url().default('https://api.tosspayments.com'),
    TOSS_SECRET_KEY: z.string().min(1),
    TOSS_CLIENT_KEY: z.string().min(1),
    /** Where a buyer authenticates when the provider is the simulator; unset with the real one. */
    TOSS_CHECKOUT_URL: z.string().optional(),
    RATE_LIMITS: RateLimits,
    /** The key of a request whose process died is in flight for so long; well below PAY_WITHIN_MS. Renewed while a request runs. */
    IDEMPOTENCY_LEASE_MS: milliseconds(CLAIM_LEASE_MS),
    /** The provider may take this long over a call (Toss: 60 s). */
    PROVIDER_TIMEOUT_MS: z.coerce.number().int().min(100).default(60_000),
    /** A charge of points whose outcome nobody heard is asked for after this; more than PROVIDER_TIMEOUT_MS. */
    RESOLVE_AFTER_MS: milliseconds(65_000),
    /** And again after this, while it stays open. */
    ASK_AGAIN_MS: milliseconds(10_000),
    /** The request handler has this long to finish what an effect would otherwise finish. */
    PROCESS_GRACE_MS: milliseconds(2_000),
    /** The provider's books are held against ours so often; 0: only when somebody asks for it. */
    RECONCILE_EVERY_MS: z.coerce.number().int().min(0).default(3_600_000),
    /** And so far back. */
    RECONCILE_PERIOD_MS: milliseconds(48 * 3_600_000),
    /** What changed less long ago may still be under way. */
    RECONCILE_GRACE_MS: milliseconds(15 * 60_000),
    /** Bank accounts are deleted so many days after nobody needs them any more. */
    KEEP_ACCOUNTS_DAYS: z.coerce.number().int().min(1).default(30),
  });
