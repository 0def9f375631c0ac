import { z } from 'zod';
import { UserId } from '../ids.js';
import { Instant } from '../time.js';
import { defineEvent, type EventOf } from './definition.js';

export const Role = z.enum(['user', 'admin', 'analyst', 'auditor', 'operator']);
export type Role = z.infer<typeof Role>;

/** Facts about an account others may know. Never a name, an address or a number. */
export const userEvents = {
  UserRegistered: defineEvent(
    1,
    z.object({ userId: UserId, provider: z.enum(['LOCAL', 'GOOGLE']), roles: z.array(Role), registeredAt: Instant }),
  ),
  RoleGranted: defineEvent(1, z.object({ userId: UserId, role: Role, grantedAt: Instant })),
};
export type UserEvent = EventOf<typeof userEvents>;
