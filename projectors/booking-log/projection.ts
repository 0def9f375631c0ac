import { allEvents, type TiketiEvent } from '@tiketi/shared-kernel/contracts/events/catalog-of-events.js';
import { ReservationId } from '@tiketi/shared-kernel/contracts/ids.js';
import { createCodec, type Recorded } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import type { Projection } from '@tiketi/shared-kernel/event-sourcing/projections/projection.js';
import { sql } from 'kysely';
import { loggedFacts } from './facts.js';
import type { LoggedFacts } from './schema.js';

type Logged = Recorded<TiketiEvent>;

/** A person reads it: a quarter of a second later will do, and makes fewer and larger statements. */
const GATHER_MS = 250;

/** Raised when rows built by older handlers would be wrong; see rebuild-in-place.ts for what then happens. */
export const BOOKING_LOG_VERSION = 1;

/** The booking an event belongs to; points know it by their correlation id only. Undefined where that names none. */
const bookingOf = ({ data, metadata }: Logged): string | undefined =>
  'reservationId' in data ? data.reservationId : ReservationId.safeParse(metadata.$correlationId).data;

const factsOf = ({ type, data }: Logged): LoggedFacts => {
  // the table is keyed by the event's own type, which TypeScript cannot follow through the index
  const facts = loggedFacts[type] as 'ignored' | ((data: TiketiEvent['data']) => LoggedFacts);
  return facts === 'ignored' ? {} : facts(data);
};

/**
 * Every event of a booking, over all the streams it touches, in the order of the log (table `entries` of `schema`). A batch is one
 * statement whatever it holds, since a row depends on its event alone.
 */
export const bookingLogProjection = (schema: string, events = createCodec(allEvents)): Projection => {
  const handledTypes = Object.entries(loggedFacts).flatMap(([type, facts]) => (facts === 'ignored' ? [] : [type]));
  return {
    name: 'booking_log',
    version: BOOKING_LOG_VERSION,
    codec: events,
    handles: new Set(handledTypes),
    handledTypes,
    keyOf: (event: Logged) => bookingOf(event) ?? event.stream,
    onFailure: 'park',
    gatherMs: GATHER_MS,
    apply: async (tx, batch) => {
      const logged = batch.filter((event) => bookingOf(event) !== undefined);
      const of = <T>(column: (event: Logged) => T): T[] => logged.map(column);
      await sql`
        INSERT INTO ${sql.table(`${schema}.entries`)} (reservation_id, commit_position, revision, recorded_at, event_id, stream, type,
          actor_role, actor_service, causation_id, facts)
        SELECT * FROM unnest(
          ${of(bookingOf)}::uuid[], ${of((e) => e.position.commit.toString())}::bigint[], ${of((e) => e.revision.toString())}::bigint[],
          ${of((e) => e.recordedAt.toISOString())}::timestamptz[], ${of((e) => e.id)}::uuid[], ${of((e) => e.stream)}::text[],
          ${of((e) => e.type)}::text[], ${of(({ metadata }) => metadata.actor.role)}::text[],
          ${of(({ metadata: { actor } }) => (actor.role === 'service' ? actor.id : null))}::text[],
          ${of(({ metadata }) => metadata.$causationId)}::text[], ${of((e) => JSON.stringify(factsOf(e)))}::json[])
        ON CONFLICT DO NOTHING`.execute(tx);
    },
  };
};
