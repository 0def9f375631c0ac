import type { ReservationId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { EventStore } from '@tiketi/shared-kernel/event-sourcing/event-store/port.js';
import { type Kysely, sql, type Transaction } from 'kysely';
import { LRUCache } from 'lru-cache';
import type { ReservationDatabase } from './database.js';
import type { HeldSeats } from './reservation/opening.js';

/** Finds the hold a reservation began with. */
export type Bookings = {
  readonly find: (id: ReservationId) => Promise<HeldSeats | undefined>;
  /** Told by whoever just held the seats, so that the next command need not ask the database. */
  readonly remember: (held: HeldSeats) => void;
};

/** Written by the booking process in the transaction of its checkpoint. */
export const insertBookings = async (tx: Transaction<ReservationDatabase>, held: readonly HeldSeats[]): Promise<void> => {
  if (held.length === 0) return;
  await sql`
    insert into bookings (reservation_id, held)
    select (held ->> 'reservationId')::uuid, held from jsonb_array_elements(${JSON.stringify(held)}::jsonb) as t (held)
    on conflict (reservation_id) do nothing`.execute(tx);
};

/** The commit position of the newest event that is not the store's own. */
const headOf = async (store: EventStore): Promise<bigint> => {
  for await (const event of store.readAll({ from: 'end', direction: 'backwards', maxCount: 64 })) {
    if (!event.type.startsWith('$')) return event.position.commit;
  }
  return 0n;
};

/**
 * Looks in memory, then in the table, and where that may not have seen the hold yet waits (bounded) until the booking process
 * has read up to the head of the log.
 */
export const createBookings = (deps: {
  readonly db: Kysely<ReservationDatabase>;
  readonly store: EventStore;
  readonly waitUntilRead: (commit: bigint, timeoutMs: number) => Promise<boolean>;
}): Bookings => {
  const recent = new LRUCache<ReservationId, HeldSeats>({ max: 50_000 });

  const fromTable = async (id: ReservationId): Promise<HeldSeats | undefined> => {
    const row = await deps.db.selectFrom('bookings').select('held').where('reservation_id', '=', id).executeTakeFirst();
    if (row !== undefined) recent.set(id, row.held);
    return row?.held;
  };

  return {
    find: async (id) => {
      const known = recent.get(id) ?? (await fromTable(id));
      if (known !== undefined) return known;
      const reached = await deps.waitUntilRead(await headOf(deps.store), 2000);
      const found = await fromTable(id);
      if (found === undefined && !reached) throw new BookingsBehindError('the booking process has not caught up');
      return found;
    },
    remember: (held) => {
      recent.set(held.reservationId, held);
    },
  };
};

/** Whether the reservation exists cannot be told yet. */
export class BookingsBehindError extends Error {
  override readonly name = 'BookingsBehindError';
}
