import type { PricedSection } from '@tiketi/shared-kernel/contracts/events/layout.js';
import { type RawBuilder, sql, type Transaction } from 'kysely';
import { placeColumns } from './places.js';
import type { CatalogTables } from './schema.js';
import { changeSeats, countsOf, type Holding, type SeatChanges, type SeatEvent, type SeatRow } from './seat-changes.js';
import { createSeatIndex, type SeatIndex } from './seat-index.js';

type Tx = Transaction<CatalogTables>;

/** The geometry of a map's version never changes, so what was once read serves for good; bounded, because performances come and go. */
const createGeometryCache = (most: number) => {
  const known = new Map<string, SeatIndex>();
  return {
    get: (map: string): SeatIndex | undefined => known.get(map),
    add: (map: string, sections: readonly PricedSection[]): SeatIndex => {
      const oldest = known.size >= most ? known.keys().next().value : undefined;
      if (oldest !== undefined) known.delete(oldest);
      const indexOf = createSeatIndex(sections);
      known.set(map, indexOf);
      return indexOf;
    },
  };
};
type GeometryCache = ReturnType<typeof createGeometryCache>;

/** One text however many ids there are, so that it is prepared once. */
const among = (column: string, ids: Iterable<string>) => sql<boolean>`${sql.ref(column)} = ANY(${[...ids]}::uuid[])`;

type Mapped = { readonly id: string; readonly map_revision: string };
const mapOf = ({ id, map_revision }: Mapped): string => `${id}@${map_revision}`;

/** In the order of the rows, which this transaction has just read. */
const loadGeometry = async (tx: Tx, cache: GeometryCache, rows: readonly Mapped[]): Promise<Map<string, SeatIndex>> => {
  const unknown = rows.filter((row) => cache.get(mapOf(row)) === undefined).map(({ id }) => id);
  const read =
    unknown.length === 0
      ? []
      : await tx.selectFrom('performances').select(['id', 'map_revision', 'sections']).where(among('id', unknown)).execute();
  const fresh = new Map(read.map((row) => [row.id, cache.add(mapOf(row), row.sections)]));
  return new Map(
    rows.flatMap((row) => {
      const indexOf = fresh.get(row.id) ?? cache.get(mapOf(row));
      return indexOf === undefined ? [] : [[row.id, indexOf]];
    }),
  );
};

const loadRows = async (tx: Tx, cache: GeometryCache, ids: readonly string[]): Promise<Map<string, SeatRow>> => {
  const found = await tx
    .selectFrom('performances')
    .select(['id', 'map_revision', 'total_seats', 'seat_status', 'ticket_types', 'inventory_revision'])
    .where(among('id', ids))
    .execute();
  const geometry = await loadGeometry(tx, cache, found);
  const rows = new Map<string, SeatRow>();
  for (const { id, total_seats, seat_status, ticket_types, inventory_revision } of found) {
    const indexOf = geometry.get(id);
    if (indexOf === undefined) continue;
    const revision = BigInt(inventory_revision);
    rows.set(id, { id, totalSeats: total_seats, indexOf, bits: seat_status, stock: ticket_types, revision });
  }
  return rows;
};

const loadHoldings = async (tx: Tx, events: readonly SeatEvent[]): Promise<Map<string, Holding>> => {
  const settled = events.filter(({ type }) => type === 'SeatsSold' || type === 'SeatsReleased');
  const ids = new Set(settled.flatMap(({ data }) => ('reservationId' in data ? [data.reservationId] : [])));
  if (ids.size === 0) return new Map();
  const found = await tx.selectFrom('reservation_seats').selectAll().where(among('reservation_id', ids)).execute();
  return new Map(
    found.map(({ reservation_id, performance_id, seats, places, places_sold }) => [
      reservation_id,
      { performanceId: performance_id, seats, places, placesSold: places_sold },
    ]),
  );
};

const saveRows = async (tx: Tx, table: RawBuilder<unknown>, changed: ReadonlySet<SeatRow>): Promise<void> => {
  const rows = [...changed];
  const counts = rows.map((row) => ({ ...countsOf(row), places: placeColumns(row.stock).available_places }));
  await sql`
    UPDATE ${table} p
    SET seat_status = c.bits, available_seats = c.available, held_seats = c.held, sold_seats = c.sold, blocked_seats = c.blocked,
      ticket_types = c.stock, available_places = c.places, inventory_revision = c.revision
    FROM unnest(
      ${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ bits }) => bits)}::bytea[], ${counts.map(({ available }) => available)}::int[],
      ${counts.map(({ held }) => held)}::int[], ${counts.map(({ sold }) => sold)}::int[], ${counts.map(({ blocked }) => blocked)}::int[],
      ${rows.map(({ stock }) => JSON.stringify(stock))}::jsonb[], ${counts.map(({ places }) => places)}::int[],
      ${rows.map(({ revision }) => revision.toString())}::bigint[]
    ) AS c (id, bits, available, held, sold, blocked, stock, places, revision)
    WHERE p.id = c.id`.execute(tx);
};

const saveHoldings = async (tx: Tx, table: RawBuilder<unknown>, { kept, freed }: SeatChanges): Promise<void> => {
  if (kept.size > 0) {
    const rows = [...kept];
    // unnest flattens arrays of arrays, so each reservation's seats travel as the text of one
    await sql`
      INSERT INTO ${table} (reservation_id, performance_id, seats, places, places_sold)
      SELECT r.id, r.performance_id, r.seats::int[], r.places, r.places_sold
      FROM unnest(
        ${rows.map(([id]) => id)}::uuid[], ${rows.map(([, { performanceId }]) => performanceId)}::uuid[],
        ${rows.map(([, { seats }]) => `{${seats.join(',')}}`)}::text[],
        ${rows.map(([, { places }]) => JSON.stringify(places))}::jsonb[], ${rows.map(([, { placesSold }]) => placesSold)}::boolean[]
      ) AS r (id, performance_id, seats, places, places_sold)
      ON CONFLICT (reservation_id) DO UPDATE SET seats = excluded.seats, places = excluded.places,
        places_sold = excluded.places_sold`.execute(tx);
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
    const changes = changeSeats(events, rows, await loadHoldings(tx, events));
    if (changes.changed.size > 0) await saveRows(tx, performances, changes.changed);
    await saveHoldings(tx, reservationSeats, changes);
  };
};
