import type { ShowEvent } from '@tiketi/shared-kernel/contracts/events/show.js';
import type { Recorded } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import type { Transaction } from 'kysely';
import type { TicketsTables } from './schema.js';

type Of<T extends ShowEvent['type']> = Recorded<Extract<ShowEvent, { type: T }>>;
type Handler<T extends ShowEvent['type']> = (tx: Transaction<TicketsTables>, events: readonly Of<T>[]) => Promise<void>;

/** What a ticket says of its show, copied from the catalog's events so that no other projection's tables are read. */
export const showHandlers = (schema: string) => {
  const named: Handler<'ShowCreated' | 'ShowDetailsChanged'> = async (tx, events) => {
    const latest = new Map(events.map(({ data }) => [data.showId, data.details]));
    const rows = [...latest].map(([id, { title, venue }]) => ({
      id,
      title: JSON.stringify(title),
      venue: JSON.stringify(venue),
    }));
    await tx
      .withSchema(schema)
      .insertInto('shows')
      .values(rows)
      .onConflict((c) =>
        c.column('id').doUpdateSet((eb) => ({ title: eb.ref('excluded.title'), venue: eb.ref('excluded.venue') })),
      )
      .execute();
  };

  const scheduled: Handler<'PerformanceScheduled'> = async (tx, events) => {
    const rows = events.map(({ data }) => ({ id: data.performanceId, show_id: data.showId, starts_at: new Date(data.startsAt) }));
    await tx
      .withSchema(schema)
      .insertInto('performances')
      .values(rows)
      .onConflict((c) => c.column('id').doNothing())
      .execute();
  };

  return { named, scheduled };
};
