import { serviceEnv } from '@tiketi/shared-kernel/service/config.js';
import { RateLimits } from '@tiketi/shared-kernel/service/rate-limit-profile.js';
import { z } from 'zod';

export const PaymentConfig = serviceEnv
  .pick({ PORT: true, HOST: true, LOG_LEVEL: true, REDIS_URL: true, TIKETI_PARENT_PID: true, TRUSTED_PROXY_HOPS: true })
  .extend({
    DATABASE_URL: serviceEnv.shape.DATABASE_URL.unwrap(),
    EVENTSTORE_URL: serviceEnv.shape.EVENTSTORE_URL.unwrap(),
    AUTH_JWKS_URL: serviceEnv.shape.AUTH_JWKS_URL.unwrap(),
    SERVICE_TOKEN: serviceEnv.shape.SERVICE_TOKEN.unwrap(),
    RESERVATION_URL: z.url(),
    TOSS_BASE_URL: z.url().default('https://api.tosspayments.com'),
    TOSS_SECRET_KEY: z.string().min(1),
    TOSS_CLIENT_KEY: z.string().min(1),
    /** Where a buyer authenticates when the provider is the simulator; unset with the real one. */
    TOSS_CHECKOUT_URL: z.string().optional(),
    RATE_LIMITS: RateLimits,
    /** The provider may take this long over a call (Toss: 60 s). */
    PROVIDER_TIMEOUT_MS: z.coerce.number().int().min(100).default(60_000),
  });
