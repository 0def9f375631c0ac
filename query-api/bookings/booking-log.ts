import type { BookingLogTables, LoggedFacts } from '@tiketi/projectors/booking-log/schema.js';
import type { BookingLog, BookingLogEntry } from '@tiketi/shared-kernel/contracts/http/operations.js';
import type { ReservationId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Kysely } from 'kysely';
import { wordsOf } from './words.js';

/** The booking log as its projector keeps it; this room only reads. */
export type BookingLogs = Kysely<BookingLogTables>;

/** More than any booking has; a shield against one that a fault makes grow. */
const MOST = 2_000;

const rowsOf = (db: BookingLogs, id: ReservationId) =>
  db
    .withSchema('booking_log')
    .selectFrom('entries')
    .selectAll()
    .where('reservation_id', '=', id)
    .orderBy('commit_position')
    .limit(MOST)
    .execute();

const AMOUNTS = ['amount', 'card', 'points', 'fee'] as const;

/** Those that were told; the others are left out. */
const amountsOf = (facts: LoggedFacts): BookingLogEntry['amounts'] =>
  Object.fromEntries(AMOUNTS.flatMap((name) => (facts[name] === undefined ? [] : [[name, facts[name]]])));

/** All that happened to a booking; undefined where nothing ever did. */
export const bookingLog = async (db: BookingLogs, id: ReservationId): Promise<BookingLog | undefined> => {
  const rows = await rowsOf(db, id);
  if (rows.length === 0) return undefined;
  const places = new Map(rows.map(({ event_id, stream, revision }) => [event_id, `${stream}@${revision}`]));
  const entries = rows.map((row): BookingLogEntry => {
    return {
      at: row.recorded_at.toISOString(),
      what: wordsOf(row.type, row.facts),
      stream: row.stream,
      revision: row.revision,
      type: row.type,
      eventId: row.event_id,
      actor: { role: row.actor_role, service: row.actor_service },
      causation: places.get(row.causation_id) ?? row.causation_id,
      amounts: amountsOf(row.facts),
      position: row.commit_position,
    };
  });
  return { reservationId: id, entries };
};
