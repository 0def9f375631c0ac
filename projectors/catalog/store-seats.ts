import type { PricedSection } from '@tiketi/shared-kernel/contracts/events/layout.js';
import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { CatalogTables } from './schema.js';
import { changeSeats, countsOf, type SeatChanges, type SeatEvent, type SeatRow } from './seat-changes.js';
import { createSeatIndex, type SeatIndex } from './seat-index.js';

type Tx = Transaction<CatalogTables>;

/** Geometry never changes, so what was once read serves for good; bounded, because performances come and go. */
const createGeometryCache = (most: number) => {
  const known = new Map<string, SeatIndex>();
  return {
    get: (id: string): SeatIndex | undefined => known.get(id),
    add: (id: string, sections: readonly PricedSection[]): void => {
      const oldest = known.size >= most ? known.keys().next().value : undefined;
      if (oldest !== undefined) known.delete(oldest);
      known.set(id, createSeatIndex(sections));
    },
  };
};
type GeometryCache = ReturnType<typeof createGeometryCache>;

const loadGeometry = async (tx: Tx, cache: GeometryCache, ids: readonly string[]): Promise<Map<string, SeatIndex>> => {
  const unknown = ids.filter((id) => cache.get(id) === undefined);
  const read =
    unknown.length === 0
      ? []
      : await tx.selectFrom('performances').select(['id', 'sections']).where('id', 'in', unknown).execute();
  for (const { id, sections } of read) cache.add(id, sections);
  return new Map(
    ids.flatMap((id) => {
      const indexOf = cache.get(id);
      return indexOf === undefined ? [] : [[id, indexOf]];
    }),
  );
};

const loadRows = async (tx: Tx, cache: GeometryCache, ids: readonly string[]): Promise<Map<string, SeatRow>> => {
  const geometry = await loadGeometry(tx, cache, ids);
  const found = await tx
    .selectFrom('performances')
    .select(['id', 'total_seats', 'seat_status', 'inventory_revision'])
    .where('id', 'in', [...ids])
    .execute();
  const rows = new Map<string, SeatRow>();
  for (const { id, total_seats, seat_status, inventory_revision } of found) {
    const indexOf = geometry.get(id);
    if (indexOf === undefined) continue;
    rows.set(id, { id, totalSeats: total_seats, indexOf, bits: seat_status, revision: BigInt(inventory_revision) });
  }
  return rows;
};

const loadReservations = async (tx: Tx, events: readonly SeatEvent[]): Promise<Map<string, readonly number[]>> => {
  const ids = new Set(events.flatMap((event) => (event.type === 'SeatsHeld' ? [] : [event.data.reservationId])));
  if (ids.size === 0) return new Map();
  const found = await tx
    .selectFrom('reservation_seats')
    .select(['reservation_id', 'seats'])
    .where('reservation_id', 'in', [...ids])
    .execute();
  return new Map(found.map(({ reservation_id, seats }) => [reservation_id, seats]));
};

const saveRows = async (tx: Tx, table: RawBuilder<unknown>, changed: ReadonlySet<SeatRow>): Promise<void> => {
  const rows = [...changed];
  const counts = rows.map(countsOf);
  await sql`
    UPDATE ${table} p
    SET seat_status = c.bits, available_seats = c.available, held_seats = c.held, sold_seats = c.sold, inventory_revision = c.revision
    FROM unnest(
      ${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ bits }) => bits)}::bytea[], ${counts.map(({ available }) => available)}::int[],
      ${counts.map(({ held }) => held)}::int[], ${counts.map(({ sold }) => sold)}::int[],
      ${rows.map(({ revision }) => revision.toString())}::bigint[]
    ) AS c (id, bits, available, held, sold, revision)
    WHERE p.id = c.id`.execute(tx);
};

const saveReservations = async (tx: Tx, table: RawBuilder<unknown>, { taken, freed }: SeatChanges): Promise<void> => {
  if (taken.size > 0) {
    const rows = [...taken];
    // unnest flattens arrays of arrays, so each reservation's seats travel as the text of one
    await sql`
      INSERT INTO ${table} (reservation_id, performance_id, seats)
      SELECT r.id, r.performance_id, r.seats::int[]
      FROM unnest(
        ${rows.map(([id]) => id)}::uuid[], ${rows.map(([, { performanceId }]) => performanceId)}::uuid[],
        ${rows.map(([, { seats }]) => `{${seats.join(',')}}`)}::text[]
      ) AS r (id, performance_id, seats)
      ON CONFLICT (reservation_id) DO UPDATE SET seats = excluded.seats`.execute(tx);
  }
  if (freed.size > 0) await sql`DELETE FROM ${table} WHERE reservation_id = ANY(${[...freed]}::uuid[])`.execute(tx);
};

/** A handler for any mix of seat events in log order; a batch costs the same few statements however many events it has. */
export const createSeatHandler = (schema: string): ((tx: Tx, events: readonly SeatEvent[]) => Promise<void>) => {
  const cache = createGeometryCache(2000);
  const performances = sql.table(`${schema}.performances`);
  const reservationSeats = sql.table(`${schema}.reservation_seats`);

  return async (transaction, events) => {
    const tx = transaction.withSchema(schema);
    const rows = await loadRows(tx, cache, [...new Set(events.map(({ data }) => data.performanceId))]);
    const changes = changeSeats(events, rows, await loadReservations(tx, events));
    if (changes.changed.size > 0) await saveRows(tx, performances, changes.changed);
    await saveReservations(tx, reservationSeats, changes);
  };
};
