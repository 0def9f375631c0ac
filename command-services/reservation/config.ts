import { serviceEnv } from '@tiketi/shared-kernel/service/config.js';
import { CLAIM_LEASE_MS } from '@tiketi/shared-kernel/service/held-claims.js';
import { RateLimits } from '@tiketi/shared-kernel/service/rate-limit-profile.js';
import { z } from 'zod';

const milliseconds = (byDefault: number) => z.coerce.number().int().min(1).default(byDefault);

export const ReservationConfig = serviceEnv
  .pick({ PORT: true, HOST: true, LOG_LEVEL: true, REDIS_URL: true, TIKETI_PARENT_PID: true, TRUSTED_PROXY_HOPS: true })
  .extend({
    DATABASE_URL: serviceEnv.shape.DATABASE_URL.unwrap(),
    EVENTSTORE_URL: serviceEnv.shape.EVENTSTORE_URL.unwrap(),
    AUTH_JWKS_URL: serviceEnv.shape.AUTH_JWKS_URL.unwrap(),
    SERVICE_TOKEN: serviceEnv.shape.SERVICE_TOKEN.unwrap(),
    PAYMENT_URL: z.url(),
    /** The waiting queue's published keys. Without it a show that requires entry sells nothing. */
    QUEUE_JWKS_URL: serviceEnv.shape.AUTH_JWKS_URL,
    RATE_LIMITS: RateLimits,
    /** The key of a request whose process died is in flight for so long; well below PAY_WITHIN_MS. Renewed while a request runs. */
    IDEMPOTENCY_LEASE_MS: milliseconds(CLAIM_LEASE_MS),
    /** A started payment not asked of the provider within this is abandoned. */
    PAY_WITHIN_MS: milliseconds(90_000),
    /** A charge whose outcome nobody heard is asked for after this; more than the payment service's PROVIDER_TIMEOUT_MS. */
    RESOLVE_AFTER_MS: milliseconds(65_000),
    /** And again after this, while it stays open. */
    ASK_AGAIN_MS: milliseconds(10_000),
    /** The request handler has this long to finish what the booking process would otherwise finish. */
    PROCESS_GRACE_MS: milliseconds(2_000),
    /** Where the other replicas reach this one; by default at HOST and its port. Needed where HOST is no address of its own (`0.0.0.0`). */
    REPLICA_URL: z.url().optional(),
    /** `off`: every replica decides what it is asked, and appends collide the more often. For comparison. */
    OWNER_ROUTING: z.enum(['on', 'off']).default('on'),
    /** An owner that has not answered by then is passed by; its answer may still count. */
    OWNER_TIMEOUT_MS: milliseconds(1_000),
  });
export type ReservationConfig = z.infer<typeof ReservationConfig>;
