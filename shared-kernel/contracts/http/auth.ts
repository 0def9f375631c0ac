import { z } from 'zod';
import { Role } from '../events/user.js';
import { UserId } from '../ids.js';

export const RegisterRequest = z.strictObject({
  email: z.email().max(254),
  /** bcrypt reads 72 bytes at most, so a longer one is refused rather than cut. */
  password: z.string().min(10).max(72),
  name: z.string().trim().min(1).max(100),
  phone: z.string().trim().max(30).optional(),
});
export type RegisterRequest = z.infer<typeof RegisterRequest>;

export const LoginRequest = z.strictObject({ email: z.email().max(254), password: z.string().min(1).max(200) });
export const RefreshRequest = z.strictObject({ refreshToken: z.string().min(1).max(500) });

export const Account = z.object({
  id: UserId,
  email: z.string(),
  name: z.string(),
  phone: z.string().nullable(),
  roles: z.array(Role),
  provider: z.enum(['LOCAL', 'GOOGLE']),
  createdAt: z.string(),
});
export type Account = z.infer<typeof Account>;

/** `expiresIn` counts seconds of the access token. */
export const SignedIn = z.object({ user: Account, accessToken: z.string(), expiresIn: z.int(), refreshToken: z.string() });
export type SignedIn = z.infer<typeof SignedIn>;
