import type { Account } from '@tiketi/shared-kernel/contracts/http/auth.js';
import type { UserRow } from '../tables.js';

/** The sign-in name as it is stored and compared. */
export const normaliseEmail = (email: string): string => email.trim().toLowerCase();

/** What of an account leaves this service; fields are named one by one so that a new column stays inside. */
export const accountOf = (row: UserRow): Account => ({
  id: row.id,
  email: row.email,
  name: row.name,
  phone: row.phone,
  roles: row.roles,
  provider: row.provider,
  createdAt: row.created_at.toISOString(),
});
