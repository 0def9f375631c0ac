import { Role } from '@tiketi/shared-kernel/contracts/events/user.js';
import { RegisterRequest } from '@tiketi/shared-kernel/contracts/http/auth.js';
import { ConfigError, serviceEnv } from '@tiketi/shared-kernel/service/config.js';
import { RateLimits } from '@tiketi/shared-kernel/service/rate-limit-profile.js';
import { z } from 'zod';

const { email, password } = RegisterRequest.shape;

/** An account that configuration asks for, never one with a default password. */
export const StaffAccount = z.strictObject({
  email,
  password,
  roles: z.array(Role).min(1),
  name: RegisterRequest.shape.name.optional(),
});
export type StaffAccount = z.infer<typeof StaffAccount>;

const parseJson = (text: string, context: z.RefinementCtx): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'must be JSON' });
    return z.NEVER;
  }
};

export const AuthConfig = serviceEnv
  .pick({
    PORT: true,
    HOST: true,
    LOG_LEVEL: true,
    REDIS_URL: true,
    TIKETI_PARENT_PID: true,
    TRUSTED_PROXY_HOPS: true,
  })
  .extend({
    DATABASE_URL: serviceEnv.shape.DATABASE_URL.unwrap(),
    EVENTSTORE_URL: serviceEnv.shape.EVENTSTORE_URL.unwrap(),
    /** Seals private keys at rest and derives refresh tokens; losing it signs everybody out. */
    AUTH_KEY_SECRET: z.string().min(32),
    /** PKCS #8 PEM of a P-256 key to sign with instead of one made and kept here. */
    AUTH_SIGNING_KEY: z.string().startsWith('-----BEGIN').optional(),
    BOOTSTRAP_ADMIN_EMAIL: email.optional(),
    BOOTSTRAP_ADMIN_PASSWORD: password.optional(),
    /** JSON array of `{ email, password, roles, name? }`. */
    BOOTSTRAP_STAFF: z.string().transform(parseJson).pipe(z.array(StaffAccount)).default([]),
    RATE_LIMITS: RateLimits,
  });
export type AuthConfig = z.infer<typeof AuthConfig>;

/** Everybody configuration wants to exist, the first administrator first. Throws ConfigError when half of an administrator is given. */
export const staffOf = (config: AuthConfig): readonly StaffAccount[] => {
  const { BOOTSTRAP_ADMIN_EMAIL: email, BOOTSTRAP_ADMIN_PASSWORD: password, BOOTSTRAP_STAFF: others } = config;
  if (email === undefined && password === undefined) return others;
  if (email === undefined || password === undefined) {
    throw new ConfigError(['BOOTSTRAP_ADMIN_EMAIL and BOOTSTRAP_ADMIN_PASSWORD are given together or not at all']);
  }
  return [{ email, password, roles: ['admin'], name: 'Administrator' }, ...others];
};
