import { randomUUID } from 'node:crypto';
import type { UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Kysely } from 'kysely';
import { normaliseEmail } from './accounts/account.js';
import { createAccount, grantRole } from './accounts/create-account.js';
import type { Passwords } from './accounts/passwords.js';
import type { StaffAccount } from './config.js';
import type { AuthDatabase } from './tables.js';

/**
 * Makes the accounts configuration asks for and gives them their roles. An account that exists keeps its password: what a
 * person has changed is not undone by a restart. Returns how many were made.
 */
export const bootstrapStaff = async (
  db: Kysely<AuthDatabase>,
  passwords: Passwords,
  staff: readonly StaffAccount[],
  clock: () => number,
): Promise<number> => {
  let made = 0;
  for (const account of staff) made += (await bootstrapOne(db, passwords, account, clock())) ? 1 : 0;
  return made;
};

const bootstrapOne = async (
  db: Kysely<AuthDatabase>,
  passwords: Passwords,
  account: StaffAccount,
  now: number,
): Promise<boolean> => {
  const email = normaliseEmail(account.email);
  const find = (tx: Kysely<AuthDatabase>) => tx.selectFrom('users').select('id').where('email', '=', email).executeTakeFirst();
  const passwordHash = (await find(db)) === undefined ? await passwords.hash(account.password) : undefined;
  const cause = { correlationId: randomUUID(), actor: 'configuration' } as const;

  return db.transaction().execute(async (tx) => {
    const name = account.name ?? account.roles.join(', ');
    const made = passwordHash === undefined ? undefined : await createAccount(tx, { email, passwordHash, name }, cause, now);
    const userId: UserId | undefined = made?.id ?? (await find(tx))?.id;
    if (userId === undefined) throw new Error('a configured account vanished while it was being set up');
    for (const role of account.roles) await grantRole(tx, userId, role, cause, now);
    return made !== undefined;
  });
};
