import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import { openProjectionTest, type ProjectionTest } from '@tiketi/shared-kernel/event-sourcing/projections/testing.js';
import { createDatabase, runMigrations } from '@tiketi/shared-kernel/service/database.js';
import type { Kysely } from 'kysely';
import { migrate } from '../migrate.js';
import { details, history, layoutId, performanceId, reservationId, showId, ticketType } from '../testing/history.js';
import { catalogMigrations } from './migrations.js';
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
    counts: [row.available_seats, row.held_seats, row.sold_seats, row.blocked_seats],
    revision: row.inventory_revision,
  };
};

const section = (name: string, rows: number, seatsPerRow: number) => ({ section: name, rows, seatsPerRow, grade: 'R' });

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
    expect(await seats('new')).toEqual({ bits: '00000000', counts: [8, 0, 0, 0], revision: '-1' });
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
    expect(await seats('busy')).toEqual({ bits: '11000001', counts: [5, 3, 0, 0], revision: '2' });
    await projection.deliver(history.sold('busy', 'r1'), history.released('busy', 'r2'));
    expect(await seats('busy')).toEqual({ bits: '22000000', counts: [6, 0, 2, 0], revision: '4' });
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
    expect(await seats('whole')).toEqual({ bits: '00000110', counts: [6, 2, 0, 0], revision: '6' });
  });

  it('lets odd facts pass: an unknown performance, reservation or seat', async () => {
    await announce('odd');
    await projection.deliver(
      history.held('odd', 'nowhere', 'o1', 'kim', ['A-1-1']),
      history.sold('odd', 'never-held'),
      history.held('odd', 'odd', 'o2', 'kim', ['Z-9-9', 'A-1-3']),
    );
    expect(await seats('odd')).toEqual({ bits: '00100000', counts: [7, 1, 0, 0], revision: '2' });
  });

  it('shows what is blocked as neither free nor taken, and frees it again', async () => {
    await announce('blocked');
    await projection.deliver(history.blocked('blocked', ['A-1-1', 'A-2-3', '나-1-1', 'Z-1-1']));
    expect(await seats('blocked')).toEqual({ bits: '30000330', counts: [5, 0, 0, 3], revision: '1' });
    await projection.deliver(history.unblocked('blocked', ['A-1-1', '나-1-1']));
    expect(await seats('blocked')).toEqual({ bits: '00000300', counts: [7, 0, 0, 1], revision: '2' });
  });

  it('gives a sold seat back when its booking is refunded', async () => {
    await announce('refund');
    await projection.deliver(history.held('refund', 'refund', 'f1', 'kim', ['A-1-1']), history.sold('refund', 'f1'));
    expect((await seats('refund')).counts).toEqual([7, 0, 1, 0]);
    await projection.deliver(history.released('refund', 'f1', 'refunded'));
    expect(await seats('refund')).toEqual({ bits: '00000000', counts: [8, 0, 0, 0], revision: '3' });
  });

  it('puts added sections after those there are, and knows their seats from then on', async () => {
    await announce('grown');
    await projection.deliver(
      history.held('grown', 'grown', 'g1', 'kim', ['나-1-2', 'C-1-1']),
      history.sectionsAdded('grown', [{ ...section('C', 1, 3), price: Won.parse(20_000) }]),
      history.held('grown', 'grown', 'g2', 'lee', ['C-1-3']),
    );
    expect(await seats('grown')).toEqual({ bits: '00000001001', counts: [9, 2, 0, 0], revision: '3' });
    expect(await performance('grown')).toMatchObject({ map_revision: '2', total_seats: 11, min_price: '20000' });
    expect((await performance('grown')).sections.map(({ section }) => section)).toEqual(['A', '나', 'C']);
  });

  it('takes over new prices of sections', async () => {
    await announce('dearer');
    await projection.deliver(history.pricesChanged('dearer', { 나: 95_000, Z: 1 }));
    const row = await performance('dearer');
    expect(row.sections.map(({ price }) => price)).toEqual([90_000, 95_000]);
    expect(row).toMatchObject({ min_price: '90000', max_price: '95000', map_revision: '1', inventory_revision: '1' });
  });

  const stock = async (name: string) => {
    const { ticket_types, total_places, available_places } = await performance(name);
    return {
      types: ticket_types.map(({ name, quantity, held, sold }) => [name, quantity, held, sold]),
      total_places,
      available_places,
    };
  };

  it('counts places held and sold of each ticket type, with seats and without', async () => {
    const types = [ticketType('floor', 10), ticketType('lawn', 5, 30_000)];
    await projection.deliver(
      history.showCreated('mixed'),
      history.scheduled('mixed', 'mixed', undefined, {}, types),
      history.opened('mixed', 'mixed', types),
      history.held('mixed', 'mixed', 'm1', 'kim', ['A-1-1'], undefined, { floor: 3, lawn: 1 }),
      history.held('mixed', 'mixed', 'm2', 'lee', [], undefined, { floor: 2, nowhere: 1 }),
    );
    expect(await performance('mixed')).toMatchObject({ min_price: '30000', max_price: '90000' });
    expect(await stock('mixed')).toEqual({
      ...{
        types: [
          ['floor', 10, 5, 0],
          ['lawn', 5, 1, 0],
        ],
      },
      ...{ total_places: 15, available_places: 9 },
    });
    await projection.deliver(history.sold('mixed', 'm1'), history.released('mixed', 'm2'));
    expect((await stock('mixed')).types).toEqual([
      ['floor', 10, 0, 3],
      ['lawn', 5, 0, 1],
    ]);
    await projection.deliver(history.released('mixed', 'm1', 'refunded'));
    expect(await stock('mixed')).toMatchObject({ available_places: 15 });
  });

  it('keeps a performance of places only, and changes of its ticket types', async () => {
    const floor = ticketType('floor', 10);
    await projection.deliver(
      history.showCreated('standing'),
      history.scheduledStanding('standing', 'standing', [floor]),
      history.opened('standing', 'standing', [floor]),
      history.held('standing', 'standing', 's1', 'kim', [], undefined, { floor: 4 }),
      history.ticketTypeSet('standing', { ...floor, price: Won.parse(55_000), quantity: 6 }),
      history.ticketTypeSet('standing', ticketType('late', 2, 10_000)),
    );
    expect(await stock('standing')).toEqual({
      ...{
        types: [
          ['floor', 6, 4, 0],
          ['late', 2, 0, 0],
        ],
      },
      ...{ total_places: 8, available_places: 4 },
    });
    const seated = { layout_id: null, total_seats: 0, map_revision: '0' };
    expect(await performance('standing')).toMatchObject({ ...seated, min_price: '10000', max_price: '55000' });
  });

  it('follows sales closed, reopened and under other terms', async () => {
    await announce('shut');
    await projection.deliver(history.salesClosed('shut'));
    expect((await performance('shut')).sales_closed_at).toEqual(new Date('2026-05-04T00:00:00Z'));
    const changed = history.termsChanged('shut', { saleEndAt: Instant.parse('2026-05-20T00:00:00.000Z') });
    await projection.deliver(history.salesReopened('shut'), changed);
    expect(await performance('shut')).toMatchObject({
      ...{ sales_closed_at: null, inventory_revision: '3' },
      sale_end_at: new Date('2026-05-20T00:00:00Z'),
    });
  });

  it('keeps every version of a show’s refund policy', async () => {
    await projection.deliver(history.showCreated('strict'), history.policySet('strict', 2), history.policySet('strict', 3));
    const rows = await db
      .selectFrom('refund_policies')
      .selectAll()
      .where('show_id', '=', showId('strict'))
      .orderBy('version')
      .execute();
    expect(rows.map(({ version, policy }) => [version, policy.version, policy.coolingOffHours])).toEqual([
      [2, 2, 2],
      [3, 3, 3],
    ]);
  });

  it('notes a cancelled show and cancelled sales', async () => {
    await announce('gone');
    await projection.deliver(history.showCancelled('gone'), history.salesCancelled('gone'));
    const show = await db.selectFrom('shows').selectAll().where('id', '=', showId('gone')).executeTakeFirstOrThrow();
    expect(show.cancelled_at).toEqual(new Date('2026-04-05T00:00:00Z'));
    expect(await performance('gone')).toMatchObject({ cancelled_at: new Date('2026-05-03T00:00:00Z'), inventory_revision: '1' });
  });

  it('comes to the same rows live, event by event, and in a replay', async () => {
    const types = [ticketType('floor', 10)];
    const facts = [
      history.showCreated('twin'),
      history.policySet('twin', 2),
      history.scheduled('twin', 'twin', undefined, {}, types),
      history.opened('twin', 'twin', types),
      history.held('twin', 'twin', 't1', 'kim', ['A-1-1'], undefined, { floor: 3 }),
      history.blocked('twin', ['A-1-2']),
      history.sold('twin', 't1'),
      history.sectionsAdded('twin', [{ ...section('C', 2, 3), price: Won.parse(20_000) }]),
      history.held('twin', 'twin', 't2', 'lee', ['C-2-3', 'A-1-3'], undefined, { floor: 1 }),
      history.pricesChanged('twin', { C: 25_000 }),
      history.ticketTypeSet('twin', ticketType('floor', 7)),
      history.salesClosed('twin'),
      history.released('twin', 't1', 'refunded'),
      history.unblocked('twin', ['A-1-2']),
      history.salesReopened('twin'),
      history.held('twin', 'twin', 't3', 'han', ['A-1-1']),
    ];
    const rowsOf = async (schema: string, deliver: (test: ProjectionTest) => Promise<void>) => {
      await runMigrations(pool, schema, catalogMigrations(schema));
      await deliver(await openProjectionTest({ db: pool, projection: catalogProjection(schema), schema: `${schema}_consumers` }));
      const tables = pool.withSchema(schema);
      return [
        await tables.selectFrom('shows').selectAll().execute(),
        await tables.selectFrom('performances').selectAll().execute(),
        await tables.selectFrom('reservation_seats').selectAll().orderBy('reservation_id').execute(),
        await tables.selectFrom('refund_policies').selectAll().execute(),
      ];
    };
    const live = await rowsOf('live', async (test) => {
      for (const fact of facts) await test.deliver(fact);
    });
    const replayed = await rowsOf('replayed', (test) => test.deliver(...facts));
    expect(replayed).toEqual(live);
    expect(live[1]).toMatchObject([{ available_seats: 11, held_seats: 3, available_places: 6, map_revision: '6' }]);
  });

  it('has had every handler reached', () => expect(projection.unreached()).toEqual([]));
});
