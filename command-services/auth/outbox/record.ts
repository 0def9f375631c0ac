import { randomUUID } from 'node:crypto';
import type { UserEvent } from '@tiketi/shared-kernel/contracts/events/user.js';
import type { UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { sql, type Transaction } from 'kysely';
import type { AuthDatabase } from '../tables.js';

/** Who made the change and under which request. */
export type Cause = { readonly correlationId: string; readonly actor: 'self' | 'configuration' };

/**
 * Puts an event into the outbox in the transaction of the change it tells: it takes the account's next version n,
 * whose row lock orders concurrent changes, and will be event n of `user-{id}`.
 */
export const recordUserEvent = async (
  tx: Transaction<AuthDatabase>,
  userId: UserId,
  event: UserEvent,
  cause: Cause,
  now: number,
): Promise<void> => {
  const { next } = await tx
    .updateTable('users')
    .set({ version: sql<number>`version + 1` })
    .where('id', '=', userId)
    .returning('version as next')
    .executeTakeFirstOrThrow();
  await tx
    .insertInto('outbox')
    .values({
      event_id: randomUUID(),
      user_id: userId,
      version: next - 1,
      type: event.type,
      data: JSON.stringify(event.data),
      correlation_id: cause.correlationId,
      actor_id: cause.actor === 'self' ? userId : cause.actor,
      actor_role: cause.actor === 'self' ? 'user' : 'system',
      created_at: new Date(now),
      published_at: null,
      parked_reason: null,
    })
    .execute();
};
