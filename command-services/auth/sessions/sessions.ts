import { randomUUID } from 'node:crypto';
import type { UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Kysely, Transaction } from 'kysely';
import type { AuthDatabase, UserRow } from '../tables.js';
import { hashOf, newRefreshToken, successorOf } from './refresh-token.js';

/** A family of refresh tokens begins at a sign-in and ends 30 days later whatever happens in between. */
export const FAMILY_LIFETIME_MS = 30 * 24 * 60 * 60 * 1000;
/** A spent token presented again within this time is a repeat (lost answer, two tabs), not a theft. */
export const REPEAT_GRACE_MS = 10_000;

export type Session = { readonly familyId: string; readonly refreshToken: string };
export type Rotation =
  | { readonly kind: 'rotated'; readonly session: Session; readonly user: UserRow }
  | { readonly kind: 'refused'; readonly reason: 'unknown' | 'ended' | 'reused'; readonly familyId?: string };

type Tx = Transaction<AuthDatabase>;

const storeToken = (tx: Tx, token: string, familyId: string, now: number) =>
  tx
    .insertInto('refresh_tokens')
    .values({ hash: hashOf(token), family_id: familyId, issued_at: new Date(now), spent_at: null })
    .execute();

/** Begins a session: a new family and its first token. */
export const startSession = async (tx: Tx, userId: UserId, now: number): Promise<Session> => {
  const familyId = randomUUID();
  const refreshToken = newRefreshToken();
  await tx
    .insertInto('refresh_families')
    .values({
      id: familyId,
      user_id: userId,
      created_at: new Date(now),
      expires_at: new Date(now + FAMILY_LIFETIME_MS),
      revoked_at: null,
      revoke_reason: null,
    })
    .execute();
  await storeToken(tx, refreshToken, familyId, now);
  return { familyId, refreshToken };
};

const revoke = (db: Kysely<AuthDatabase>, familyId: string, reason: 'logout' | 'reuse', now: number) =>
  db
    .updateTable('refresh_families')
    .set({ revoked_at: new Date(now), revoke_reason: reason })
    .where('id', '=', familyId)
    .where('revoked_at', 'is', null)
    .execute();

/** Ends a session; ending it again changes nothing. */
export const endSession = async (db: Kysely<AuthDatabase>, familyId: string, now: number): Promise<void> => {
  await revoke(db, familyId, 'logout', now);
};

/** The family a token belongs to, if any, whatever the state of either. */
export const familyOfToken = async (db: Kysely<AuthDatabase>, token: string): Promise<string | undefined> => {
  const row = await db.selectFrom('refresh_tokens').select('family_id').where('hash', '=', hashOf(token)).executeTakeFirst();
  return row?.family_id;
};

/** The user of a session that goes on; undefined when it was revoked, has expired or never was. */
export const userOfSession = (db: Kysely<AuthDatabase>, familyId: string, now: number): Promise<UserRow | undefined> =>
  db
    .selectFrom('refresh_families as family')
    .innerJoin('users', 'users.id', 'family.user_id')
    .selectAll('users')
    .where('family.id', '=', familyId)
    .where('family.revoked_at', 'is', null)
    .where('family.expires_at', '>', new Date(now))
    .executeTakeFirst();

/** Whether the token may be exchanged: it is unspent, or it is a repeat whose successor nobody has used yet. */
const judge = async (tx: Tx, token: string, successor: string, now: number): Promise<'fresh' | 'repeat' | 'reused'> => {
  const spentAt = async (candidate: string) =>
    (await tx.selectFrom('refresh_tokens').select('spent_at').where('hash', '=', hashOf(candidate)).executeTakeFirst())?.spent_at;
  const spent = await spentAt(token);
  if (spent === null) return 'fresh';
  if (spent === undefined || now - spent.getTime() > REPEAT_GRACE_MS) return 'reused';
  return (await spentAt(successor)) === null ? 'repeat' : 'reused';
};

/**
 * Exchanges a refresh token for its successor (RFC 9700 §4.14). A spent token presented after the grace, or after its successor was
 * used, revokes the whole family: one of its two holders is a thief. The family's row lock orders parallel exchanges.
 */
export const rotate = (db: Kysely<AuthDatabase>, key: Buffer, token: string, now: number): Promise<Rotation> =>
  db.transaction().execute(async (tx): Promise<Rotation> => {
    const familyId = await familyOfToken(tx, token);
    if (familyId === undefined) return { kind: 'refused', reason: 'unknown' };
    // locked before the token is read: a statement that waits for the lock would see the token as it was before
    await tx.selectFrom('refresh_families').select('id').where('id', '=', familyId).forUpdate().execute();
    const user = await userOfSession(tx, familyId, now);
    if (user === undefined) return { kind: 'refused', reason: 'ended', familyId };

    const successor = successorOf(key, token);
    const verdict = await judge(tx, token, successor, now);
    if (verdict === 'reused') {
      await revoke(tx, familyId, 'reuse', now);
      return { kind: 'refused', reason: 'reused', familyId };
    }
    if (verdict === 'fresh') {
      await tx
        .updateTable('refresh_tokens')
        .set({ spent_at: new Date(now) })
        .where('hash', '=', hashOf(token))
        .execute();
      await storeToken(tx, successor, familyId, now);
    }
    return { kind: 'rotated', session: { familyId, refreshToken: successor }, user };
  });

/** Forgets families a week past their end; returns how many. */
export const forgetOldSessions = async (db: Kysely<AuthDatabase>, now: number): Promise<number> => {
  const { numDeletedRows } = await db
    .deleteFrom('refresh_families')
    .where('expires_at', '<', new Date(now - 7 * 24 * 60 * 60 * 1000))
    .executeTakeFirst();
  return Number(numDeletedRows);
};
