import { randomUUID } from 'node:crypto';
import type { Role } from '@tiketi/shared-kernel/contracts/events/user.js';
import { UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { instantOf } from '@tiketi/shared-kernel/contracts/time.js';
import type { Transaction } from 'kysely';
import { type Cause, recordUserEvent } from '../outbox/record.js';
import type { AuthDatabase, UserRow } from '../tables.js';
import { normaliseEmail } from './account.js';

export type NewAccount = {
  readonly email: string;
  readonly passwordHash: string;
  readonly name: string;
  readonly phone?: string | undefined;
};

type Tx = Transaction<AuthDatabase>;

/** A buyer's account and its `UserRegistered`; undefined when the address has an account already. */
export const createAccount = async (tx: Tx, account: NewAccount, cause: Cause, now: number): Promise<UserRow | undefined> => {
  const id = UserId.parse(randomUUID());
  const at = new Date(now);
  const row = await tx
    .insertInto('users')
    .values({
      id,
      email: normaliseEmail(account.email),
      password_hash: account.passwordHash,
      name: account.name,
      phone: account.phone ?? null,
      provider: 'LOCAL',
      roles: ['user'],
      created_at: at,
      updated_at: at,
    })
    .onConflict((conflict) => conflict.column('email').doNothing())
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const data = { userId: id, provider: row.provider, roles: row.roles, registeredAt: instantOf(now) };
  await recordUserEvent(tx, id, { type: 'UserRegistered', data }, cause, now);
  return row;
};

/** Gives a role not yet held, with its `RoleGranted`; a role already held changes nothing. */
export const grantRole = async (tx: Tx, userId: UserId, role: Role, cause: Cause, now: number): Promise<void> => {
  const { roles } = await tx.selectFrom('users').select('roles').where('id', '=', userId).forUpdate().executeTakeFirstOrThrow();
  if (roles.includes(role)) return;
  await tx
    .updateTable('users')
    .set({ roles: [...roles, role], updated_at: new Date(now) })
    .where('id', '=', userId)
    .execute();
  await recordUserEvent(tx, userId, { type: 'RoleGranted', data: { userId, role, grantedAt: instantOf(now) } }, cause, now);
};
