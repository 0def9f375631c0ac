import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import { openProjectionTest, type ProjectionTest } from '@tiketi/shared-kernel/event-sourcing/projections/testing.js';
import { createDatabase } from '@tiketi/shared-kernel/service/database.js';
import type { Kysely } from 'kysely';
import { migrate } from '../migrate.js';
import { details, history, layoutId, performanceId, reservationId, showId } from '../testing/history.js';
import { catalogProjection } from './projection.js';
import type { CatalogTables } from './schema.js';
import { seatAt } from './seat-bits.js';

let server: TestDatabase;
let pool: Kysely<CatalogTables>;
let db: Kysely<CatalogTables>;
let projection: ProjectionTest;

beforeAll(async () => {
  server = await testDatabase();
  pool = createDatabase<CatalogTables>({ url: server.url, applicationName: 'test', max: 3 });
  db = pool.withSchema('catalog');
  await migrate(pool);
  projection = await openProjectionTest({ db: pool, projection: catalogProjection('catalog') });
}, 60_000);

afterAll(async () => {
  await pool?.destroy();
  await server?.close();
});

const performance = (name: string) =>
  db.selectFrom('performances').selectAll().where('id', '=', performanceId(name)).executeTakeFirstOrThrow();

const seats = async (name: string) => {
  const row = await performance(name);
  return {
    bits: Array.from({ length: row.total_seats }, (_, index) => seatAt(row.seat_status, index)).join(''),
    counts: [row.available_seats, row.held_seats, row.sold_seats],
    revision: row.inventory_revision,
  };
};

const announce = (name: string) =>
  projection.deliver(history.showCreated(name), history.scheduled(name, name), history.opened(name, name));

describe('the catalog projection', () => {
  it('keeps layouts', async () => {
    await projection.deliver(history.layoutDefined('small'));
    const row = await db.selectFrom('layouts').selectAll().where('id', '=', layoutId('small')).executeTakeFirstOrThrow();
    expect(row).toMatchObject({ name: 'small', total_seats: 8 });
    expect(row.sections.map(({ section }) => section)).toEqual(['A', '나']);
  });

  it('shows a show with its performance before its inventory opens', async () => {
    await projection.deliver(history.showCreated('new'), history.scheduled('new', 'new'));
    const show = await db.selectFrom('shows').selectAll().where('id', '=', showId('new')).executeTakeFirstOrThrow();
    expect(show).toMatchObject({
      ...{ category: 'theatre', hold_seconds: 600, cancelled_at: null },
      title: details('new').title,
    });
    expect(await performance('new')).toMatchObject({ min_price: '60000', max_price: '90000', total_seats: 8 });
    expect(await seats('new')).toEqual({ bits: '00000000', counts: [8, 0, 0], revision: '-1' });
    await projection.deliver(history.opened('new', 'new'));
    expect((await seats('new')).revision).toBe('0');
  });

  it('takes over changed details and keeps the time they changed', async () => {
    await projection.deliver(history.showCreated('old'), history.detailsChanged('old', details('renamed')));
    const show = await db.selectFrom('shows').selectAll().where('id', '=', showId('old')).executeTakeFirstOrThrow();
    expect(show.title).toEqual(details('renamed').title);
    expect(show.updated_at.toISOString()).toBe('2026-04-03T00:00:00.000Z');
  });

  it('marks held and sold seats, frees released ones and counts them', async () => {
    await announce('busy');
    await projection.deliver(
      history.held('busy', 'busy', 'r1', 'kim', ['A-1-1', 'A-1-2']),
      history.held('busy', 'busy', 'r2', 'lee', ['나-1-2']),
    );
    expect(await seats('busy')).toEqual({ bits: '11000001', counts: [5, 3, 0], revision: '2' });
    await projection.deliver(history.sold('busy', 'r1'), history.released('busy', 'r2'));
    expect(await seats('busy')).toEqual({ bits: '22000000', counts: [6, 0, 2], revision: '4' });
    expect(
      await db.selectFrom('reservation_seats').selectAll().where('reservation_id', '=', reservationId('r2')).execute(),
    ).toEqual([]);
  });

  it('takes all of it in one batch as it does one by one', async () => {
    await projection.deliver(
      history.showCreated('whole'),
      history.scheduled('whole', 'whole'),
      history.opened('whole', 'whole'),
      history.held('whole', 'whole', 'w1', 'kim', ['A-2-1', 'A-2-2']),
      history.sold('whole', 'w1'),
      history.held('whole', 'whole', 'w2', 'lee', ['A-2-3']),
      history.released('whole', 'w2'),
      history.held('whole', 'whole', 'w3', 'han', ['A-2-3', '나-1-1']),
      history.released('whole', 'w1'),
    );
    expect(await seats('whole')).toEqual({ bits: '00000110', counts: [6, 2, 0], revision: '6' });
  });

  it('lets odd facts pass: an unknown performance, reservation or seat', async () => {
    await announce('odd');
    await projection.deliver(
      history.held('odd', 'nowhere', 'o1', 'kim', ['A-1-1']),
      history.sold('odd', 'never-held'),
      history.held('odd', 'odd', 'o2', 'kim', ['Z-9-9', 'A-1-3']),
    );
    expect(await seats('odd')).toEqual({ bits: '00100000', counts: [7, 1, 0], revision: '2' });
  });

  it('notes a cancelled show and cancelled sales', async () => {
    await announce('gone');
    await projection.deliver(history.showCancelled('gone'), history.salesCancelled('gone'));
    const show = await db.selectFrom('shows').selectAll().where('id', '=', showId('gone')).executeTakeFirstOrThrow();
    expect(show.cancelled_at).toEqual(new Date('2026-04-05T00:00:00Z'));
    expect(await performance('gone')).toMatchObject({ cancelled_at: new Date('2026-05-03T00:00:00Z'), inventory_revision: '1' });
  });

  it('has had every handler reached', () => expect(projection.unreached()).toEqual([]));
});
