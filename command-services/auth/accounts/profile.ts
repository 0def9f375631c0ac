import { type Account, RegisterRequest } from '@tiketi/shared-kernel/contracts/http/auth.js';
import type { Principal } from '@tiketi/shared-kernel/service/authenticate.js';
import { z } from 'zod';
import type { AuthPorts } from '../ports.js';
import { problemOf } from '../problems.js';
import { userOfSession } from '../sessions/sessions.js';
import type { UserRow } from '../tables.js';
import { accountOf } from './account.js';

const { name, phone } = RegisterRequest.shape;

/** What a person may change about themselves; `phone: null` takes the number away. */
export const ProfileChange = z
  .strictObject({ name: name.optional(), phone: phone.unwrap().nullable().optional() })
  .refine((change) => Object.keys(change).length > 0, { message: 'Nothing to change' });
export type ProfileChange = z.infer<typeof ProfileChange>;

/** The account behind a token whose session goes on; 401 SESSION_ENDED after a logout, although the token is still valid elsewhere. */
const currentUser = async (principal: Principal, ports: AuthPorts): Promise<UserRow> => {
  const user = await userOfSession(ports.db, principal.sessionId, ports.clock());
  if (user === undefined || user.id !== principal.userId) throw problemOf('SessionEnded');
  return user;
};

export const readProfile = async (principal: Principal, ports: AuthPorts): Promise<Account> =>
  accountOf(await currentUser(principal, ports));

export const changeProfile = async (principal: Principal, change: ProfileChange, ports: AuthPorts): Promise<Account> => {
  await currentUser(principal, ports);
  const row = await ports.db
    .updateTable('users')
    .set({
      ...(change.name === undefined ? {} : { name: change.name }),
      ...(change.phone === undefined ? {} : { phone: change.phone }),
      updated_at: new Date(ports.clock()),
    })
    .where('id', '=', principal.userId)
    .returningAll()
    .executeTakeFirstOrThrow();
  return accountOf(row);
};
